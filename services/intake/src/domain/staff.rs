//! The agency's staff: who may do what, and which certificates they hold.

use std::fmt;

use contracts::intake::{Certificate, Problem, RegisterStaffAnswer, StaffMember, StaffRegistered};
use mailbox::{Decision, Fault};
use primitives::{StaffId, StaffRole};
use uuid::Uuid;

use super::desk::Reached;

/// The row of one member of staff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// None until a document was registered.
    pub member: Option<Member>,
}

/// A member of staff as the last document has it; lists are in a fixed order, so that the order of
/// a document does not count.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// The agency's own short name for the person; the id is derived from it.
    pub code: String,
    pub name: String,
    /// None for somebody who left.
    pub roles: Vec<StaffRole>,
    pub certificates: Vec<HeldCertificate>,
}

/// A certificate with its number, which stays here.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldCertificate {
    pub number: String,
    pub certificate: Certificate,
}

/// A document as it was handed over: readable, or with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRegistration(pub Result<Member, Vec<Problem>>);

impl StaffRegistration {
    /// The row that it concerns; a document that is refused concerns none.
    #[must_use]
    pub fn key(&self) -> Option<Uuid> {
        Some(staff_id(&self.0.as_ref().ok()?.code).as_uuid())
    }
}

impl Member {
    /// Puts the lists in their order.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.roles.sort_unstable();
        self.certificates.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
        self
    }

    /// What others learn of the certificates.
    #[must_use]
    pub fn told_certificates(&self) -> Vec<Certificate> {
        self.certificates.iter().map(|held| held.certificate.clone()).collect()
    }

    /// As a list of the agency's people shows it.
    #[must_use]
    pub fn listed(self, staff_id: StaffId) -> StaffMember {
        let certificates = self.told_certificates();
        let Self { code, name, roles, .. } = self;
        StaffMember { staff_id, code, name, roles, certificates }
    }
}

impl HeldCertificate {
    fn order(&self) -> impl Ord + '_ {
        let Certificate { country, valid_from, valid_until } = self.certificate;
        (country, valid_from, valid_until, self.number.as_str())
    }
}

/// The id of the member of staff with this code: every version of the document finds the same one.
#[must_use]
pub fn staff_id(code: &str) -> StaffId {
    StaffId::derive(Uuid::NAMESPACE_OID, format!("staff\0{code}").as_bytes())
}

/// Decides on a document: it says all there is to know, so what it leaves out is over.
pub fn register_staff(
    mut row: Reached<Staff>,
    registration: &StaffRegistration,
) -> Result<(Decision<Reached<Staff>>, RegisterStaffAnswer), Fault> {
    let member = match &registration.0 {
        Ok(member) => member,
        Err(problems) => {
            let answer = RegisterStaffAnswer::Refused { problems: problems.clone() };
            return Ok((Decision::quiet(row), answer));
        }
    };
    let staff = row.0.as_mut();
    let staff = staff.ok_or_else(|| Fault::Bug("the member of staff was not locked".to_owned()))?;
    let staff_id = staff_id(&member.code);
    if staff.member.as_ref() == Some(member) {
        return Ok((Decision::quiet(row), RegisterStaffAnswer::Unchanged { staff_id }));
    }
    staff.member = Some(member.clone());
    let (roles, certificates) = (member.roles.clone(), member.told_certificates());
    let registered = StaffRegistered { staff_id, roles, certificates };
    Ok((Decision::quiet(row).send(registered), RegisterStaffAnswer::Registered { staff_id }))
}

/// Personal data stay out of logs.
impl fmt::Debug for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Member").field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// The number leads to a person: it stays out of logs.
impl fmt::Debug for HeldCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("HeldCertificate").field(&self.certificate).finish()
    }
}
