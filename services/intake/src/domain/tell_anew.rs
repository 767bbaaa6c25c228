//! What others must know beside cases is told anew, for a service that joined after it was told.
//!
//! The broker and the mailbox keep what was sent for two weeks; an agreement is in force for years.
//! It says what was said before, so whoever knows it learns nothing.

use contracts::intake::{
    AgreementAgreed, CreditorRegistered, StaffRegistered, TellCreditorAnewAnswer,
    TellStaffAnewAnswer,
};
use mailbox::{Decision, Fault};
use primitives::{CreditorId, StaffId};

use super::creditor::Creditor;
use super::desk::Reached;
use super::staff::Staff;

/// Tells a creditor with all versions of its agreement: open cases may follow any of them.
pub fn tell_creditor_anew(
    row: Reached<Creditor>,
    creditor_id: CreditorId,
) -> Result<(Decision<Reached<Creditor>>, TellCreditorAnewAnswer), Fault> {
    let known = row.0.as_ref().and_then(|creditor| {
        let agreement_version = *creditor.agreements.last_key_value()?.0;
        let country = creditor.profile.as_ref()?.country;
        let agreements = creditor.agreements.values().map(|agreed| agreed.agreement.clone());
        let registered = CreditorRegistered { creditor_id, country, agreement_version };
        Some((registered, agreements.collect::<Vec<_>>()))
    });
    let Some((registered, agreements)) = known else {
        return Ok((Decision::quiet(row), TellCreditorAnewAnswer::Unknown));
    };
    let agreement_count = u32::try_from(agreements.len()).unwrap_or(u32::MAX);
    let decision = agreements
        .into_iter()
        .fold(Decision::quiet(row).send(registered), |decision, agreement| {
            decision.send(AgreementAgreed { creditor_id, agreement })
        });
    Ok((decision, TellCreditorAnewAnswer::Told { agreement_count }))
}

/// Tells what is known of a member of staff, also of one who left.
pub fn tell_staff_anew(
    row: Reached<Staff>,
    staff_id: StaffId,
) -> Result<(Decision<Reached<Staff>>, TellStaffAnewAnswer), Fault> {
    let Some(member) = row.0.as_ref().and_then(|staff| staff.member.as_ref()) else {
        return Ok((Decision::quiet(row), TellStaffAnewAnswer::Unknown));
    };
    let (roles, certificates) = (member.roles.clone(), member.told_certificates());
    let registered = StaffRegistered { staff_id, roles, certificates };
    Ok((Decision::quiet(row).send(registered), TellStaffAnewAnswer::Told))
}
