//! Finding a thing by the beginning of its id, or by its code.

use std::fmt::Display;

use thiserror::Error;

/// No thing, or several, by that beginning.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotFound {
    #[error("no {kind} is known by {given:?}; see `{list}`")]
    None { kind: &'static str, given: String, list: &'static str },
    #[error("{count} {kind}s begin with {given:?}; write more of the id")]
    Several { kind: &'static str, given: String, count: usize },
}

/// A kind of thing, and the command that lists it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub name: &'static str,
    pub list: &'static str,
}

impl Kind {
    /// That there is none by what was given.
    #[must_use]
    pub(crate) fn unknown(self, given: &str) -> NotFound {
        NotFound::None { kind: self.name, given: given.to_owned(), list: self.list }
    }

    /// The one of `candidates` whose id begins with what was given. A whole id need not be unique
    /// among its own repetitions.
    pub(crate) fn find<T: Clone + Display + Eq>(
        self,
        given: &str,
        candidates: impl IntoIterator<Item = T>,
    ) -> Result<T, NotFound> {
        let wanted = given.trim().to_lowercase();
        let mut found: Vec<T> = Vec::new();
        for candidate in candidates {
            let fits = !wanted.is_empty() && candidate.to_string().starts_with(&wanted);
            if fits && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(self.unknown(given)),
            several => Err(NotFound::Several {
                kind: self.name,
                given: given.to_owned(),
                count: several.len(),
            }),
        }
    }
}

/// The first eight signs of an id: enough to tell a few thousand apart.
pub(crate) fn short(id: impl Display) -> String {
    id.to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use primitives::CaseId;
    use proptest::prelude::*;

    use super::*;

    const CASE: Kind = Kind { name: "case", list: "amicable case list" };

    fn ids() -> [CaseId; 3] {
        [
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "01890a5d-ffff-774b-bcce-b302099a8057",
            "f2890a5d-ac96-774b-bcce-b302099a8057",
        ]
        .map(|text| text.parse().unwrap())
    }

    #[test]
    fn a_beginning_that_only_one_has_is_enough() {
        let [first, _, third] = ids();
        assert_eq!(CASE.find("f", ids()).unwrap(), third);
        assert_eq!(CASE.find(" 01890A5D-AC ", ids()).unwrap(), first);
        assert_eq!(CASE.find(&first.to_string(), ids()).unwrap(), first);
    }

    #[test]
    fn what_fits_several_or_none_is_told() {
        let told = |given: &str| CASE.find(given, ids()).unwrap_err().to_string();
        assert_eq!(told("0189"), "2 cases begin with \"0189\"; write more of the id");
        assert_eq!(told("7"), "no case is known by \"7\"; see `amicable case list`");
        assert_eq!(told(""), "no case is known by \"\"; see `amicable case list`");
    }

    proptest! {
        #[test]
        fn a_whole_id_is_always_found(numbers: Vec<u128>, at: prop::sample::Index) {
            prop_assume!(!numbers.is_empty());
            let id = |number: &u128| CaseId::from_uuid(uuid::Uuid::from_u128(*number));
            let ids: Vec<CaseId> = numbers.iter().map(id).collect();
            let wanted = *at.get(&ids);
            prop_assert_eq!(CASE.find(&wanted.to_string(), ids), Ok(wanted));
        }
    }
}
