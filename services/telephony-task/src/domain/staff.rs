//! A member of the agency's staff, as far as calls are concerned: roles and certificates.

use contracts::intake::{Certificate, StaffRegistered};
use contracts::telephony_task::ClaimRefusal;
use mailbox::{Decision, Facts};
use primitives::{Country, Date, StaffRole};

/// The row of one member of staff; nothing is known of one who was not heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaffMember {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// The version at intake of what is known.
    pub heard: u64,
    pub roles: Vec<StaffRole>,
    /// In the order of country and days, once each.
    pub certificates: Vec<Certificate>,
}

/// Takes over what intake knows now. Older news than the last changes nothing.
pub fn register(
    mut member: StaffMember,
    news: &StaffRegistered,
    facts: &Facts,
) -> Decision<StaffMember> {
    if facts.version < member.heard {
        return Decision::quiet(member);
    }
    member.heard = facts.version;
    member.roles.clone_from(&news.roles);
    member.roles.sort_unstable();
    member.roles.dedup();
    member.certificates.clone_from(&news.certificates);
    member.certificates.sort_by_key(|it| (it.country, it.valid_from, it.valid_until));
    member.certificates.dedup();
    Decision::quiet(member)
}

impl StaffMember {
    /// Whether debtors may be called at all.
    #[must_use]
    pub fn is_caller(&self) -> bool {
        self.roles.contains(&StaffRole::Caller)
    }

    /// The certificate that allows calling a debtor in `country` on `day`; of several the one that
    /// ends last.
    ///
    /// Dutch law asks for one (Wki art. 5, Bki art. 2). Belgian law knows none: that there has to
    /// be one of Belgium too is a rule of the house, so that nobody calls into a law that he was
    /// not trained in. For the same reason it holds for every kind of debtor.
    pub fn certificate(&self, country: Country, day: Date) -> Result<&Certificate, ClaimRefusal> {
        let ours = || self.certificates.iter().filter(|it| it.country == country);
        let valid = ours().filter(|it| it.valid_from <= day && day <= it.valid_until);
        if let Some(certificate) = valid.max_by_key(|it| it.valid_until) {
            return Ok(certificate);
        }
        // One that is not valid yet is none so far.
        let ended = ours().map(|it| it.valid_until).filter(|last| *last < day).max();
        Err(ended.map_or(ClaimRefusal::NoCertificate, |on| ClaimRefusal::CertificateEnded { on }))
    }
}
