//! What users of the matcher rely on, case by case and for anything that payers may write.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

use matching::{
    Candidate, Clues, Found, Judgement, Match, Payment, Reason, clues, judge, name_keys,
    name_tokens, number_keys,
};
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, Iban, Money, PersonId, StructuredReference,
};
use proptest::prelude::*;
use uuid::Uuid;

const ACCOUNT: &str = "NL91ABNA0417164300";

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn reference(number: u64) -> String {
    StructuredReference::belgian_from(&number.to_string()).unwrap().canonical().to_owned()
}

/// A payment of so much, with these words.
fn paid(cents: i64, words: &str) -> Payment {
    Payment {
        amount: euros(cents),
        received_on: Date::constant(2026, 3, 2),
        references: Vec::new(),
        lines: words.lines().map(str::to_owned).collect(),
        end_to_end_id: Some("NOTPROVIDED".to_owned()),
        counterparty_name: None,
        counterparty_iban: None,
    }
}

fn by(name: &str, payment: Payment) -> Payment {
    Payment { counterparty_name: Some(name.to_owned()), ..payment }
}

fn from_account(payment: Payment) -> Payment {
    Payment { counterparty_iban: Some(Iban::parse(ACCOUNT).unwrap()), ..payment }
}

/// Claim `number` of a debtor, with what is open on it.
fn claim(number: u64, debtor: u128, cents: i64) -> Candidate {
    let id = Uuid::from_u128(u128::from(number));
    let names = ["Jan Jansen", "Els Maes", "Bakkerij Peeters BV"];
    let name = names[usize::try_from(debtor).unwrap() % names.len()];
    Candidate {
        claim_id: ClaimId::from_uuid(id),
        case_id: CaseId::from_uuid(Uuid::from_u128(1_000 + debtor)),
        debtor_id: PersonId::from_uuid(Uuid::from_u128(2_000 + debtor)),
        creditor_id: CreditorId::from_uuid(Uuid::from_u128(1)),
        open: euros(cents),
        principal: euros(cents.max(2_500)),
        due_on: Date::constant(2025, 1, 1),
        reference: Some(reference(9_093_375_500 + number)),
        invoice_keys: number_keys(&format!("2025-{number:05}")),
        case_keys: number_keys(&format!("D{:07}", 4_200_000 + debtor)),
        names: vec![name_tokens(name)],
        ibans: Vec::new(),
        can_receive: true,
    }
}

fn seen(mut claim: Candidate) -> Candidate {
    claim.ibans = vec![Iban::parse(ACCOUNT).unwrap()];
    claim
}

fn settled(claim: Candidate) -> Candidate {
    Candidate { open: euros(0), ..claim }
}

fn judged(payment: &Payment, candidates: &[Candidate]) -> Judgement {
    let found = Found { candidates: candidates.to_vec(), is_cut: false };
    judge(payment, &clues(payment), &found)
}

/// Numbers of claims and cents.
fn parts(it: &Match) -> Vec<(u128, i64)> {
    let number = |id: ClaimId| id.as_uuid().as_u128();
    it.parts.iter().map(|part| (number(part.claim_id), part.amount.amount_minor())).collect()
}

#[track_caller]
fn certain(judgement: &Judgement) -> Vec<(u128, i64)> {
    match judgement {
        Judgement::Certain(only) => parts(only),
        Judgement::Proposals(_) | Judgement::Unknown => panic!("not certain: {judgement:?}"),
    }
}

#[track_caller]
fn proposed(judgement: &Judgement) -> Vec<Vec<(u128, i64)>> {
    match judgement {
        Judgement::Proposals(matches) => matches.iter().map(parts).collect(),
        Judgement::Certain(_) | Judgement::Unknown => panic!("no proposals: {judgement:?}"),
    }
}

fn bears(number: u64) -> String {
    StructuredReference::parse(&reference(9_093_375_500 + number)).unwrap().printed()
}

// --- the exact reference ----------------------------------------------------------------------

#[test]
fn the_reference_is_certain_whoever_pays_and_whatever_part() {
    let claims = [claim(1, 0, 12_345), claim(2, 1, 12_345)];
    for (cents, part) in [(12_345, 12_345), (2_000, 2_000), (13_000, 12_345)] {
        let payment = by("Somebody Else", paid(cents, &bears(1)));
        assert_eq!(certain(&judged(&payment, &claims)), [(1, part)]);
    }
}

#[test]
fn several_references_share_the_payment_only_if_it_adds_up() {
    let claims = [claim(1, 0, 3_000), claim(2, 1, 4_500)];
    let words = format!("{} en {}", bears(1), bears(2));
    assert_eq!(certain(&judged(&paid(7_500, &words), &claims)), [(1, 3_000), (2, 4_500)]);
    assert_eq!(proposed(&judged(&paid(7_000, &words), &claims))[0], [(1, 3_000), (2, 4_000)]);
    let same_case = [claim(1, 0, 3_000), claim(2, 0, 4_500)];
    assert_eq!(certain(&judged(&paid(7_000, &words), &same_case)), [(1, 3_000), (2, 4_000)]);
}

#[test]
fn what_is_left_over_pays_the_other_claims_only_if_it_is_all_of_them_or_one_choice() {
    let claims = [claim(1, 0, 3_000), claim(2, 0, 4_500), claim(3, 0, 4_500), claim(4, 0, 999)];
    let given = |cents| judged(&paid(cents, &bears(1)), &claims);
    assert_eq!(certain(&given(12_999)).len(), 4);
    assert_eq!(certain(&given(3_999)), [(1, 3_000), (4, 999)]);
    assert_eq!(certain(&given(3_100)), [(1, 3_000)]);
    assert_eq!(proposed(&given(7_500))[0], [(1, 3_000), (2, 4_500)]);
}

#[test]
fn a_settled_claim_is_never_paid_again_by_itself() {
    let claims = [settled(claim(1, 0, 2_500)), claim(2, 0, 2_500)];
    let judgement = judged(&by("J. Jansen", paid(2_500, &bears(1))), &claims);
    assert_eq!(proposed(&judgement), [vec![], vec![(2, 2_500)]]);
    let first = judgement.first().unwrap();
    assert_eq!(first.remainder, euros(2_500));
    let claim_id = ClaimId::from_uuid(Uuid::from_u128(1));
    assert!(first.reasons.contains(&Reason::AlreadySettled { claim_id }), "{first:?}");
}

#[test]
fn money_on_the_account_of_another_creditor_is_left_to_a_person() {
    let claims = [Candidate { can_receive: false, ..claim(1, 0, 2_500) }];
    let judgement = judged(&paid(2_500, &bears(1)), &claims);
    assert_eq!(proposed(&judgement), [[(1, 2_500)]]);
    let creditor_id = claims[0].creditor_id;
    assert!(judgement.first().unwrap().reasons.contains(&Reason::WrongAccount { creditor_id }));
}

#[test]
fn money_of_another_currency_fits_no_claim() {
    let payment = Payment { amount: Money::new(2_500, Currency::CHF), ..paid(1, &bears(1)) };
    assert_eq!(judged(&payment, &[claim(1, 0, 2_500)]), Judgement::Unknown);
}

// --- a slip -----------------------------------------------------------------------------------

#[test]
fn a_slip_is_certain_only_with_something_else() {
    let claims = [claim(1, 0, 12_345)];
    let right = reference(9_093_375_501);
    let wrong = format!("{}8{}", &right[..4], &right[5..]);
    assert_ne!(wrong, right);
    let payment = paid(12_345, &wrong);
    assert_eq!(certain(&judged(&payment, &claims)), [(1, 12_345)]);
    assert_eq!(certain(&judged(&by("JANSEN J", paid(999, &wrong)), &claims)), [(1, 999)]);
    let strange = judged(&by("Els Maes", payment), &claims);
    assert_eq!(proposed(&strange), [[(1, 12_345)]]);
    let said: Vec<String> =
        strange.first().unwrap().reasons.iter().map(Reason::to_string).collect();
    assert!(said[0].ends_with(": sign 5 is 8 instead of 3"), "{said:?}");
    assert_eq!(proposed(&judged(&paid(999, &wrong), &claims)), [[(1, 999)]]);
}

// --- without a reference ----------------------------------------------------------------------

#[test]
fn an_invoice_number_needs_the_payer_and_the_amount() {
    let claims = [claim(77, 0, 12_345), claim(78, 0, 5_000)];
    let payment = paid(12_345, "factuur 2025/00077");
    let known = by("J. Jansen", payment.clone());
    assert_eq!(certain(&judged(&known, &claims)), [(77, 12_345)]);
    let strange = by("Els Maes", payment);
    assert_eq!(proposed(&judged(&strange, &claims))[0], [(77, 12_345)]);
    let less = by("J. Jansen", paid(12_000, "factuur 2025/00077"));
    assert_eq!(proposed(&judged(&less, &claims))[0], [(77, 12_000)]);
    let both = by("J. Jansen", paid(17_345, "facturen 2025-00077 + 2025-00078"));
    assert_eq!(certain(&judged(&both, &claims)), [(77, 12_345), (78, 5_000)]);
}

#[test]
fn a_case_number_of_a_known_debtor_is_certain() {
    let claims = [claim(1, 0, 12_345), claim(2, 0, 5_000)];
    let given = |cents| judged(&by("Jan Jansen", paid(cents, "dossier D4200000")), &claims);
    assert_eq!(certain(&given(5_000)), [(2, 5_000)]);
    assert_eq!(certain(&given(17_345)), [(1, 12_345), (2, 5_000)]);
    assert_eq!(proposed(&given(1_000))[0], [(1, 1_000)]);
}

/// A claim whose case has a number with check digits.
fn in_case(claim: Candidate) -> Candidate {
    Candidate { case_keys: number_keys("1000001-14"), ..claim }
}

#[test]
fn a_number_that_is_called_the_case_s_and_has_check_digits_is_certain_whoever_pays() {
    let claims = [in_case(claim(1, 0, 12_345)), in_case(claim(2, 0, 5_000)), claim(3, 1, 5_000)];
    let given = |cents, words| judged(&by("Somebody Else", paid(cents, words)), &claims);
    let number = "dossier 1000001-14";
    assert_eq!(certain(&given(5_000, number)), [(2, 5_000)]);
    assert_eq!(certain(&given(17_345, number)), [(1, 12_345), (2, 5_000)]);
    // A part goes to what was due first, unless an invoice is named.
    assert_eq!(certain(&given(13_000, number)), [(1, 12_345), (2, 655)]);
    assert_eq!(certain(&given(1_000, number)), [(1, 1_000)]);
    let invoice = "dossier 1000001 14 factuur 2025-00002";
    assert_eq!(certain(&given(1_000, invoice)), [(2, 1_000)]);
    // More than is open, or another number beside it: a person looks.
    assert_eq!(proposed(&given(17_346, number))[0], [(1, 12_345), (2, 5_000)]);
    proposed(&given(1_000, "dossier 1000001-14 factuur 99"));
    proposed(&given(5_000, "dossier 1000001-14 factuur 99"));
    // Any figures of nine may fit: of a telephone, a customer, an order. What the payer does not
    // call a case, or calls an invoice, is a proposal at most.
    for words in ["tel 0100000114", "klantnr 100000114", "1000001-14", "factuur 100000114"] {
        for cents in [1_000, 5_000] {
            let judged = given(cents, words);
            assert!(!matches!(judged, Judgement::Certain(_)), "{words}: {judged:?}");
        }
    }
    // What was mistyped names nothing.
    assert_eq!(
        judged(&by("Somebody Else", paid(1_000, "1000001-41")), &claims),
        Judgement::Unknown
    );
}

/// Nor does the account of the payer say what else is meant.
#[test]
fn the_number_of_a_case_that_is_settled_is_a_doubt() {
    let claims = [settled(in_case(claim(1, 0, 12_345))), seen(claim(3, 1, 5_000))];
    let payment = from_account(paid(5_000, "dossier 1000001-14"));
    assert_eq!(proposed(&judged(&payment, &claims))[0], [(3, 5_000)]);
}

/// The figures of a case may be those of somebody's invoice, too.
#[test]
fn an_invoice_with_the_figures_of_a_case_is_not_mistaken_for_it() {
    let mut other = claim(3, 1, 5_000);
    other.invoice_keys = number_keys("100000114");
    let claims = [in_case(claim(1, 0, 12_345)), other];
    let payment = paid(5_000, "dossier 1000001-14");
    assert_eq!(certain(&judged(&payment, &claims)), [(1, 5_000)]);
    let of_debtor = judged(&by("Els Maes", payment), &claims);
    assert_eq!(proposed(&of_debtor)[0], [(3, 5_000)]);
}

#[test]
fn a_known_account_is_certain_if_one_claim_or_all_have_the_amount() {
    let claims = [seen(claim(1, 0, 5_000)), seen(claim(2, 0, 7_000))];
    let given = |cents, words| judged(&from_account(paid(cents, words)), &claims);
    assert_eq!(certain(&given(7_000, "bedankt")), [(2, 7_000)]);
    assert_eq!(certain(&given(12_000, "bedankt")), [(1, 5_000), (2, 7_000)]);
    assert_eq!(proposed(&given(7_000, "factuur 998877"))[0], [(2, 7_000)]);
    let equal = [seen(claim(1, 0, 5_000)), seen(claim(2, 0, 5_000))];
    assert_eq!(proposed(&judged(&from_account(paid(5_000, "")), &equal)).len(), 2);
    let cut = Found { candidates: claims.to_vec(), is_cut: true };
    let payment = from_account(paid(7_000, ""));
    assert!(matches!(judge(&payment, &clues(&payment), &cut), Judgement::Proposals(_)));
}

#[test]
fn a_name_and_the_amount_are_a_proposal() {
    let claims = [claim(1, 0, 5_000), claim(2, 1, 5_000), claim(3, 2, 5_000)];
    let payment = by("Mevr. E. Maes", paid(5_000, "betaling"));
    assert_eq!(proposed(&judged(&payment, &claims))[0], [(2, 5_000)]);
    assert_eq!(judged(&paid(4_000, ""), &claims), Judgement::Unknown);
}

#[test]
fn all_claims_of_a_debtor_are_proposed_as_one_sum() {
    let claims = [claim(1, 0, 5_000), claim(2, 0, 7_100), claim(3, 0, 900), claim(4, 1, 13_000)];
    let payment = by("Jansen Jan", paid(13_000, "alle facturen"));
    assert_eq!(proposed(&judged(&payment, &claims))[0], [(1, 5_000), (2, 7_100), (3, 900)]);
}

#[test]
fn instalments_pay_one_claim_until_nothing_is_open() {
    let mut open = claim(1, 0, 10_000);
    for (cents, left) in [(4_000, 6_000), (4_000, 2_000), (2_000, 0)] {
        let given = judged(&paid(cents, &bears(1)), std::slice::from_ref(&open));
        assert_eq!(certain(&given), [(1, cents)]);
        open.open = euros(left);
    }
    assert_eq!(proposed(&judged(&paid(2_000, &bears(1)), &[open])), [vec![]]);
}

// --- for everything ---------------------------------------------------------------------------

/// What may stand around a reference: words, short numbers, dates, signs.
fn noise() -> impl Strategy<Value = String> {
    let piece = "[a-zA-Zéü]{0,12}|[0-9]{1,5}|[0-3][0-9]-[01][0-9]-2025|[ ,.;:/+*-]{1,3}";
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.join(" "))
}

/// A text of anything, often with figures and references in it.
fn anything() -> impl Strategy<Value = String> {
    let some = prop_oneof![
        any::<String>(),
        "[0-9 ./+*-]{0,200}",
        "(RF[0-9A-Z ]{4,30}){0,9}",
        "[A-Z0-9 \n-]{0,3000}",
        (0_u64..400).prop_map(bears),
    ];
    prop::collection::vec(some, 0..5).prop_map(|texts| texts.concat())
}

fn payment() -> impl Strategy<Value = Payment> {
    let texts = || prop::collection::vec(anything(), 0..4);
    let name = prop::option::of(prop_oneof![
        any::<String>(),
        prop::sample::select(vec!["J. Jansen".to_owned(), "MAES ELS".to_owned()]),
    ]);
    (1_i64..40_000, texts(), texts(), prop::option::of(anything()), name, any::<bool>()).prop_map(
        |(cents, references, lines, end_to_end_id, counterparty_name, has_account)| Payment {
            amount: euros(cents),
            received_on: Date::constant(2026, 3, 2),
            references,
            lines,
            end_to_end_id,
            counterparty_name,
            counterparty_iban: has_account.then(|| Iban::parse(ACCOUNT).unwrap()),
        },
    )
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (1_u64..400, 0_u128..6, 0_i64..20_000, any::<bool>(), 0_u8..10);
    prop::collection::vec(one, 0..30).prop_map(|all| {
        let mut claims: Vec<Candidate> = all
            .into_iter()
            .map(|(number, debtor, cents, is_seen, place)| {
                let mut it = claim(number, debtor, cents / 500 * 500);
                it.can_receive = place > 0;
                if is_seen { seen(it) } else { it }
            })
            .collect();
        claims.sort_by_key(|it| it.claim_id);
        claims.dedup_by_key(|it| it.claim_id);
        claims
    })
}

fn matches(judgement: &Judgement) -> Vec<Match> {
    match judgement {
        Judgement::Certain(only) => vec![only.clone()],
        Judgement::Proposals(matches) => matches.clone(),
        Judgement::Unknown => Vec::new(),
    }
}

fn check_bounds(clues: &Clues) -> Result<(), TestCaseError> {
    prop_assert!(clues.references.len() <= 16);
    prop_assert!(clues.near_references.len() <= 48);
    prop_assert!(clues.numbers.len() <= 24);
    prop_assert!(clues.name_tokens.len() <= 8);
    prop_assert!(clues.name_keys.len() <= 32);
    prop_assert!(clues.references.is_sorted());
    prop_assert!(clues.near_references.is_sorted());
    prop_assert!(clues.numbers.is_sorted());
    prop_assert!(clues.name_keys.is_sorted());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_text_makes_clues_panic_or_grow(payment in payment()) {
        let found = clues(&payment);
        check_bounds(&found)?;
        prop_assert_eq!(clues(&payment), found);
    }

    #[test]
    fn keys_that_are_looked_up_pass_their_check_digits(payment in payment()) {
        let found = clues(&payment);
        let near = found.near_references.iter().map(|it| &it.canonical);
        for key in found.references.iter().chain(near) {
            prop_assert!(StructuredReference::parse(key).is_ok(), "{}", key);
        }
        for near in &found.near_references {
            prop_assert!(!found.references.contains(&near.canonical));
        }
    }

    #[test]
    fn a_payment_is_given_out_in_whole_and_no_claim_gets_more_than_is_open(
        payment in payment(),
        candidates in candidates(),
    ) {
        let judgement = judged(&payment, &candidates);
        let matches = matches(&judgement);
        prop_assert!(matches.len() <= 5);
        for it in &matches {
            let given = Money::sum(Currency::EUR, it.parts.iter().map(|part| part.amount)).unwrap();
            prop_assert_eq!(given.checked_add(it.remainder).unwrap(), payment.amount);
            prop_assert!(!it.remainder.is_negative());
            for part in &it.parts {
                let claim = candidates.iter().find(|one| one.claim_id == part.claim_id).unwrap();
                prop_assert!(part.amount.is_positive());
                prop_assert!(part.amount.checked_cmp(claim.open).unwrap().is_le());
            }
            let is_certain = matches!(judgement, Judgement::Certain(_));
            prop_assert_eq!(it.confidence >= 990, is_certain);
            prop_assert!((250..1_000).contains(&it.confidence));
            prop_assert!(!it.reasons.is_empty());
        }
        prop_assert!(matches.is_sorted_by_key(|it| std::cmp::Reverse(it.confidence)));
    }

    #[test]
    fn the_order_of_candidates_means_nothing(
        payment in payment(),
        (candidates, mixed) in candidates().prop_flat_map(|all| {
            (Just(all.clone()), Just(all).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(judged(&payment, &candidates), judged(&payment, &mixed));
    }

    #[test]
    fn a_right_reference_is_certain_whatever_stands_around_it(
        before in noise(),
        after in noise(),
        name in prop::option::of(any::<String>()),
        cents in 1_i64..=12_345,
        others in candidates(),
    ) {
        let mut claims = others;
        // All others are of other debtors, and no number of theirs is near.
        claims.retain(|it| it.claim_id.as_uuid().as_u128() > 20);
        claims.push(claim(1, 77, 12_345));
        let words = format!("{before} ,{}, {after}", bears(1));
        let payment = Payment { counterparty_name: name, ..paid(cents, &words) };
        prop_assert_eq!(certain(&judged(&payment, &claims)), [(1, cents)]);
    }

    #[test]
    fn any_name_gives_keys_that_find_it_again(name: String) {
        let tokens = name_tokens(&name);
        prop_assert!(tokens.len() <= 8 && tokens.is_sorted());
        prop_assert!(name_keys(&tokens).len() <= 16);
    }
}
