//! What intake knows of what payers wrote: asked at the moment of the judgement, by digests. And
//! the nightly search among the payments that are unmatched still.

use std::collections::BTreeMap;

use contracts::intake::{ClaimClue, FindClaims, FindClaimsAnswer, PaymentFinds, PaymentKeys};
use contracts::payment_reconciliation::SearchUnmatched;
use futures_util::{StreamExt, TryStreamExt, stream};
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::ClaimId;
use runtime::error::chain;

use crate::domain::account_statement::Clues;
use crate::domain::search::{self, Search, SearchWork, Searched};

/// So many payments are asked about at once, and so many questions are under way.
const ASKED_AT_ONCE: usize = 16;
const ASKED_BESIDE: usize = 4;

/// Whose claims these payments may be, in their order.
pub(crate) async fn find_claims(
    asker: &Asker,
    payments: &[matching::Payment],
) -> Result<Vec<Clues>, AskError> {
    let mut keys: Vec<(usize, PaymentKeys)> = payments.iter().map(keys_of).enumerate().collect();
    // Those of one name in one question, which looks each name up once.
    keys.sort_by(|(_, one), (_, other)| one.debtor_keys.cmp(&other.debtor_keys));
    let (places, keys): (Vec<usize>, Vec<PaymentKeys>) = keys.into_iter().unzip();
    let chunks: Vec<Vec<PaymentKeys>> = keys.chunks(ASKED_AT_ONCE).map(<[_]>::to_vec).collect();
    let told: Vec<FindClaimsAnswer> = stream::iter(chunks)
        .map(|payments| {
            let asker = asker.clone();
            async move { asker.ask(&FindClaims { payments }).await }
        })
        .buffered(ASKED_BESIDE)
        .try_collect()
        .await?;
    let mut clues: Vec<(usize, Clues)> =
        places.into_iter().zip(told.iter().flat_map(clues_of)).collect();
    clues.sort_unstable_by_key(|(place, _)| *place);
    Ok(clues.into_iter().map(|(_, clues)| clues).collect())
}

/// What the payer wrote, as intake can look it up.
fn keys_of(payment: &matching::Payment) -> PaymentKeys {
    let clues = matching::clues(payment);
    let near = clues.near_references.into_iter().map(|it| it.canonical);
    PaymentKeys {
        number_keys: clues.numbers.iter().map(|it| matching::digest(&it.key)).collect(),
        debtor_keys: clues.name_keys.iter().map(|it| matching::digest(it)).collect(),
        references: clues.references.into_iter().chain(near).collect(),
        amount: payment.amount,
    }
}

fn clues_of(told: &FindClaimsAnswer) -> Vec<Clues> {
    let claims: BTreeMap<ClaimId, &ClaimClue> =
        told.claims.iter().map(|clue| (clue.claim_id, clue)).collect();
    let of = |finds: &PaymentFinds| {
        let found = finds.claim_ids.iter().filter_map(|id| claims.get(id).copied());
        Clues { claims: found.cloned().collect(), is_cut: finds.is_cut }
    };
    told.found.iter().map(of).collect()
}

/// Asks for the pages of the nightly search, through the same door as everybody else: what is found
/// is personal, and stands in no ending of an effect.
#[derive(Debug)]
pub(crate) struct Searcher {
    pub(crate) asker: Asker,
    /// How long is kept what intake told of a payment.
    pub(crate) kept_days: u16,
}

impl Performer for Searcher {
    type Effect = SearchWork;
    type Aggregate = Search;
    type Outcome = Searched;

    fn claim(search: &Search, work: &SearchWork, _: &Facts) -> Claim {
        search::claim(search, work)
    }

    async fn perform(&self, work: &SearchWork, _: &Facts) -> Performance<Searched> {
        let SearchWork::Page { begun_at, after } = *work;
        let received_since = search::received_since(begun_at, self.kept_days);
        let request = SearchUnmatched { after, received_since: Some(received_since) };
        let place = after.map_or_else(|| "the first".to_owned(), |it| it.to_string());
        match self.asker.change(&request, &format!("{begun_at} {place}")).await {
            Ok(answer) => Performance::Done(Searched { next: answer.next, received_since }),
            Err(error) => Performance::NotPerformed { reason: chain(&error) },
        }
    }

    /// A page may always be asked for again, so nobody ever asks.
    async fn evidence(&self, _: &SearchWork) -> Evidence<Searched> {
        Evidence::DidNotHappen
    }

    fn decide(
        search: Search,
        ended: &Ended<SearchWork, Searched>,
        _: &Facts,
    ) -> Result<Decision<Search, SearchWork>, Fault> {
        search::go_on(search, ended)
    }
}
