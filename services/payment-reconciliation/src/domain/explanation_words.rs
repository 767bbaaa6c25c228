//! How an explanation is said in each language: short sentences in plain words, each rule with the
//! article that holds it. Amounts, days and rates are written as in letters.
//!
//! One arm per language, so that a missing sentence does not compile. Nothing is decided here.

use law::{CostStep, InterestSegment, Jurisdiction, Pack, RuleId};
use primitives::printed::{amount, date, percent};
use primitives::{Date, Language, Money};

use super::parts::Parts;

/// Which rule the costs follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CostsGround {
    DutchConsumer,
    DutchBusiness,
    BelgianClause,
    BelgianBusiness,
}

/// Which rule the interest follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InterestGround {
    DutchStatutory,
    DutchCommercial,
    BelgianClause,
    BelgianCommercial,
    BelgianLegal,
}

/// Which rule says what a payment pays first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderGround {
    Dutch,
    Belgian,
    /// We know no law of the country.
    OurOwn,
}

/// The first of several rules that stands in a list.
fn first_of<T: Copy>(known: &[(RuleId, T)], rule_ids: &[String]) -> Option<T> {
    let stands = |rule: RuleId| rule_ids.iter().any(|id| id == rule.as_str());
    known.iter().find(|(rule, _)| stands(*rule)).map(|(_, ground)| *ground)
}

impl CostsGround {
    pub(super) fn of(rule_ids: &[String]) -> Option<Self> {
        let known = [
            (RuleId::NlCollectionCosts, Self::DutchConsumer),
            (RuleId::NlBusinessCosts, Self::DutchBusiness),
            (RuleId::BePenaltyClause, Self::BelgianClause),
            (RuleId::BeBusinessCosts, Self::BelgianBusiness),
        ];
        first_of(&known, rule_ids)
    }
}

impl InterestGround {
    pub(super) fn of(rule_ids: &[String]) -> Option<Self> {
        let known = [
            (RuleId::NlStatutoryInterest, Self::DutchStatutory),
            (RuleId::NlCommercialInterest, Self::DutchCommercial),
            (RuleId::BeCommercialInterest, Self::BelgianCommercial),
            (RuleId::BeLegalInterest, Self::BelgianLegal),
            (RuleId::BePenaltyClause, Self::BelgianClause),
        ];
        first_of(&known, rule_ids)
    }
}

impl OrderGround {
    pub(super) fn of(pack: Option<Pack>) -> Self {
        match pack.map(|pack| pack.jurisdiction) {
            Some(Jurisdiction::Nl) => Self::Dutch,
            Some(Jurisdiction::Be) => Self::Belgian,
            None => Self::OurOwn,
        }
    }
}

pub(super) fn total(language: Language, as_of: Date, open: Money) -> String {
    let (day, open) = (date(language, as_of), amount(language, open));
    match language {
        Language::Nl => format!("Op {day} staat er {open} open."),
        Language::Fr => format!("Le {day}, il reste {open} à payer."),
        Language::De => format!("Am {day} sind noch {open} offen."),
        Language::En => format!("On {day}, {open} is still to be paid."),
    }
}

pub(super) fn future(language: Language, as_of: Date) -> String {
    let day = date(language, as_of);
    match language {
        Language::Nl => format!(
            "Die dag komt nog. Wij hebben alleen de rente tot en met {day} meegerekend. Er kan nog \
             iets veranderen."
        ),
        Language::Fr => format!(
            "Ce jour n'est pas encore passé. Nous avons seulement compté les intérêts jusqu'au \
             {day} inclus. Le montant peut encore changer."
        ),
        Language::De => format!(
            "Dieser Tag kommt noch. Wir haben nur die Zinsen bis zum {day} mitgerechnet. Der \
             Betrag kann sich noch ändern."
        ),
        Language::En => format!(
            "That day is still to come. We have only counted the interest up to and including \
             {day}. The amount may still change."
        ),
    }
}

pub(super) fn known(language: Language, known_on: Date) -> String {
    let day = date(language, known_on);
    match language {
        Language::Nl => {
            format!("Dit is wat wij op {day} wisten. Wat wij later hoorden, telt niet mee.")
        }
        Language::Fr => format!(
            "C'est ce que nous savions le {day}. Ce que nous avons appris plus tard n'est pas \
             compté."
        ),
        Language::De => format!(
            "Das ist, was wir am {day} wussten. Was wir später erfahren haben, zählt hier nicht \
             mit."
        ),
        Language::En => {
            format!("This is what we knew on {day}. What we heard later is not counted.")
        }
    }
}

pub(super) fn unused(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => format!("Van uw betalingen is {money} niet gebruikt. Dat geld is van u."),
        Language::Fr => {
            format!("Dans vos paiements, {money} n'ont pas été utilisés. Cet argent est à vous.")
        }
        Language::De => {
            format!("Von Ihren Zahlungen wurden {money} nicht gebraucht. Dieses Geld gehört Ihnen.")
        }
        Language::En => format!("{money} of your payments was not used. That money is yours."),
    }
}

pub(super) fn principal(language: Language, issued_on: Date, due_on: Date, money: Money) -> String {
    let (issued, due) = (date(language, issued_on), date(language, due_on));
    let money = amount(language, money);
    match language {
        Language::Nl => {
            format!("De factuur van {issued}: {money}. U moest betalen tot en met {due}.")
        }
        Language::Fr => format!(
            "La facture du {issued}\u{a0}: {money}. Vous deviez payer au plus tard le {due}."
        ),
        Language::De => {
            format!("Die Rechnung vom {issued}: {money}. Sie mussten bis zum {due} bezahlen.")
        }
        Language::En => format!("The invoice of {issued}: {money}. You had to pay by {due}."),
    }
}

pub(super) fn credit_note(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => format!(
            "De factuur is met {money} verlaagd (creditnota). Over dat bedrag betaalt u geen \
             kosten en geen rente."
        ),
        Language::Fr => format!(
            "La facture a été réduite de {money} (note de crédit). Vous ne payez ni frais ni \
             intérêts sur ce montant."
        ),
        Language::De => format!(
            "Die Rechnung wurde um {money} gesenkt (Gutschrift). Für diesen Betrag zahlen Sie \
             keine Kosten und keine Zinsen."
        ),
        Language::En => format!(
            "The invoice was lowered by {money} (credit note). You pay no costs and no interest \
             on that amount."
        ),
    }
}

pub(super) fn withdrawal(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => {
            format!("De rest wordt niet meer gevraagd: {money} hoeft u niet te betalen.")
        }
        Language::Fr => {
            format!("Le reste n'est plus demandé\u{a0}: vous ne devez pas payer {money}.")
        }
        Language::De => {
            format!("Der Rest wird nicht mehr verlangt: {money} müssen Sie nicht bezahlen.")
        }
        Language::En => {
            format!("The rest is not asked any more: you do not have to pay {money}.")
        }
    }
}

pub(super) fn small_difference(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => {
            format!("Er bleef na uw betaling maar {money} over. Dat hoeft u niet meer te betalen.")
        }
        Language::Fr => {
            format!("Après votre paiement, il ne restait que {money}. Vous ne devez plus le payer.")
        }
        Language::De => format!(
            "Nach Ihrer Zahlung blieben nur {money} übrig. Das müssen Sie nicht mehr bezahlen."
        ),
        Language::En => {
            format!("After your payment only {money} was left. You do not have to pay that.")
        }
    }
}

pub(super) fn costs(language: Language, ground: Option<CostsGround>, money: Money) -> String {
    let is_clause = ground == Some(CostsGround::BelgianClause);
    let money = amount(language, money);
    match (language, is_clause) {
        (Language::Nl, false) => format!("Incassokosten: {money}."),
        (Language::Nl, true) => format!("Schadevergoeding: {money}."),
        (Language::Fr, false) => format!("Frais de recouvrement\u{a0}: {money}."),
        (Language::Fr, true) => format!("Indemnité\u{a0}: {money}."),
        (Language::De, false) => format!("Inkassokosten: {money}."),
        (Language::De, true) => format!("Entschädigung: {money}."),
        (Language::En, false) => format!("Collection costs: {money}."),
        (Language::En, true) => format!("Compensation: {money}."),
    }
}

pub(super) const fn costs_ground(language: Language, ground: CostsGround) -> &'static str {
    match language {
        Language::Nl => costs_ground_in_dutch(ground),
        Language::Fr => costs_ground_in_french(ground),
        Language::De => costs_ground_in_german(ground),
        Language::En => costs_ground_in_english(ground),
    }
}

const fn costs_ground_in_dutch(ground: CostsGround) -> &'static str {
    match ground {
        CostsGround::DutchConsumer => {
            "U hebt na onze brief niet binnen 14 dagen alles betaald. Dan moet u incassokosten \
             betalen (artikel 6:96 BW). De wet zegt hoeveel (Besluit vergoeding voor \
             buitengerechtelijke incassokosten)."
        }
        CostsGround::DutchBusiness => {
            "Wie voor een bedrijf te laat betaalt, moet incassokosten betalen (artikel 6:96 BW)."
        }
        CostsGround::BelgianClause => {
            "U hebt na de herinnering niet op tijd alles betaald. Dan moet u betalen wat in de \
             voorwaarden staat. De wet zegt hoeveel dat mag zijn (artikel XIX.4 Wetboek van \
             economisch recht)."
        }
        CostsGround::BelgianBusiness => {
            "Een onderneming die te laat betaalt, moet een vast bedrag voor de kosten betalen \
             (artikel 6 van de wet van 2 augustus 2002)."
        }
    }
}

const fn costs_ground_in_french(ground: CostsGround) -> &'static str {
    match ground {
        CostsGround::DutchConsumer => {
            "Après notre lettre, vous n'avez pas tout payé dans les 14 jours. Vous devez alors \
             payer des frais de recouvrement (article 6:96 du code civil néerlandais). La loi dit \
             combien (décret néerlandais sur les frais de recouvrement)."
        }
        CostsGround::DutchBusiness => {
            "Une entreprise qui paie trop tard doit payer des frais de recouvrement (article 6:96 \
             du code civil néerlandais)."
        }
        CostsGround::BelgianClause => {
            "Après le rappel, vous n'avez pas tout payé à temps. Vous devez alors payer ce que \
             disent les conditions. La loi dit combien cela peut être (article XIX.4 du Code de \
             droit économique)."
        }
        CostsGround::BelgianBusiness => {
            "Une entreprise qui paie trop tard doit payer un montant fixe pour les frais (article \
             6 de la loi du 2 août 2002)."
        }
    }
}

const fn costs_ground_in_german(ground: CostsGround) -> &'static str {
    match ground {
        CostsGround::DutchConsumer => {
            "Sie haben nach unserem Brief nicht innerhalb von 14 Tagen alles bezahlt. Dann müssen \
             Sie Inkassokosten bezahlen (Artikel 6:96 des niederländischen Bürgerlichen \
             Gesetzbuchs). Das Gesetz sagt, wie viel (niederländische Verordnung über \
             Inkassokosten)."
        }
        CostsGround::DutchBusiness => {
            "Ein Unternehmen, das zu spät bezahlt, muss Inkassokosten bezahlen (Artikel 6:96 des \
             niederländischen Bürgerlichen Gesetzbuchs)."
        }
        CostsGround::BelgianClause => {
            "Sie haben nach der Mahnung nicht rechtzeitig alles bezahlt. Dann müssen Sie bezahlen, \
             was in den Bedingungen steht. Das Gesetz sagt, wie viel das sein darf (Artikel XIX.4 \
             des belgischen Wirtschaftsgesetzbuchs)."
        }
        CostsGround::BelgianBusiness => {
            "Ein Unternehmen, das zu spät bezahlt, muss einen festen Betrag für die Kosten \
             bezahlen (Artikel 6 des belgischen Gesetzes vom 2. August 2002)."
        }
    }
}

const fn costs_ground_in_english(ground: CostsGround) -> &'static str {
    match ground {
        CostsGround::DutchConsumer => {
            "You did not pay everything within 14 days of our letter. Then you have to pay \
             collection costs (article 6:96 of the Dutch Civil Code). The law says how much (the \
             Dutch decree on collection costs)."
        }
        CostsGround::DutchBusiness => {
            "A business that pays late has to pay collection costs (article 6:96 of the Dutch \
             Civil Code)."
        }
        CostsGround::BelgianClause => {
            "You did not pay everything in time after the reminder. Then you have to pay what the \
             terms say. The law says how much that may be (article XIX.4 of the Belgian Code of \
             Economic Law)."
        }
        CostsGround::BelgianBusiness => {
            "A business that pays late has to pay a fixed amount for the costs (article 6 of the \
             Belgian law of 2 August 2002)."
        }
    }
}

/// What was unpaid of the invoice, or of several together, when the costs were worked out.
pub(super) fn unpaid(language: Language, money: Money, is_of_several: bool) -> String {
    let money = amount(language, money);
    match (language, is_of_several) {
        (Language::Nl, false) => format!("Op deze dag was {money} nog niet betaald."),
        (Language::Nl, true) => {
            format!("Op deze dag was van uw facturen samen {money} nog niet betaald.")
        }
        (Language::Fr, false) => format!("Ce jour-là, {money} n'étaient pas encore payés."),
        (Language::Fr, true) => {
            format!("Ce jour-là, {money} de vos factures ensemble n'étaient pas encore payés.")
        }
        (Language::De, false) => format!("An diesem Tag waren {money} noch nicht bezahlt."),
        (Language::De, true) => {
            format!("An diesem Tag waren von Ihren Rechnungen zusammen {money} noch nicht bezahlt.")
        }
        (Language::En, false) => format!("On this day {money} was not paid yet."),
        (Language::En, true) => {
            format!("On this day {money} of your invoices together was not paid yet.")
        }
    }
}

/// One step of how the costs are computed.
pub(super) fn cost_step(language: Language, step: CostStep, is_first: bool) -> String {
    let money = |money| amount(language, money);
    let rate = |rate_bp| percent(language, rate_bp);
    match step {
        CostStep::Band { rate_bp, of, amount } => {
            band(language, is_first, &[money(of), rate(rate_bp), money(amount)])
        }
        CostStep::AtLeast(least) => {
            let least = money(least);
            match language {
                Language::Nl => format!("De kosten zijn altijd minstens {least}."),
                Language::Fr => format!("Les frais sont toujours d'au moins {least}."),
                Language::De => format!("Die Kosten sind immer mindestens {least}."),
                Language::En => format!("The costs are always {least} at least."),
            }
        }
        CostStep::AtMost(most) => {
            let most = money(most);
            match language {
                Language::Nl => format!("De kosten zijn nooit meer dan {most}."),
                Language::Fr => format!("Les frais ne sont jamais de plus de {most}."),
                Language::De => format!("Die Kosten sind nie mehr als {most}."),
                Language::En => format!("The costs are never more than {most}."),
            }
        }
        CostStep::Each(each) => {
            let each = money(each);
            match language {
                Language::Nl => format!("Het is {each} voor elke onbetaalde factuur."),
                Language::Fr => format!("C'est {each} pour chaque facture impayée."),
                Language::De => format!("Es sind {each} für jede unbezahlte Rechnung."),
                Language::En => format!("It is {each} for each unpaid invoice."),
            }
        }
        CostStep::LumpSum { fixed, rate_bp: 0, above, .. } => {
            let (fixed, up_to) = (money(fixed), money(above));
            match language {
                Language::Nl => format!("Bij een bedrag tot en met {up_to} is het {fixed}."),
                Language::Fr => format!("Jusqu'à {up_to} inclus, c'est {fixed}."),
                Language::De => format!("Bei einem Betrag bis {up_to} sind es {fixed}."),
                Language::En => format!("For an amount of up to {up_to} it is {fixed}."),
            }
        }
        CostStep::LumpSum { fixed, rate_bp, above, at_most } => {
            lump_sum(language, &rate(rate_bp), &[fixed, above, at_most].map(money))
        }
        CostStep::Agreed { rate_bp, amount } => {
            let (rate, money) = (rate(rate_bp), money(amount));
            match language {
                Language::Nl => format!("Afgesproken is {rate}: {money}."),
                Language::Fr => format!("Il a été convenu de {rate}\u{a0}: {money}."),
                Language::De => format!("Vereinbart sind {rate}: {money}."),
                Language::En => format!("{rate} was agreed: {money}."),
            }
        }
        CostStep::Vat { rate_bp, amount } => vat(language, &[rate(rate_bp), money(amount)]),
    }
}

fn band(language: Language, is_first: bool, [of, rate, money]: &[String; 3]) -> String {
    match (language, is_first) {
        (Language::Nl, true) => format!("Over de eerste {of} is het {rate}: {money}."),
        (Language::Nl, false) => format!("Over de volgende {of} is het {rate}: {money}."),
        (Language::Fr, true) => {
            format!("Sur la première partie, {of}, c'est {rate}\u{a0}: {money}.")
        }
        (Language::Fr, false) => {
            format!("Sur la partie suivante, {of}, c'est {rate}\u{a0}: {money}.")
        }
        (Language::De, true) => format!("Von den ersten {of} sind es {rate}: {money}."),
        (Language::De, false) => format!("Von den nächsten {of} sind es {rate}: {money}."),
        (Language::En, true) => format!("It is {rate} of the first {of}: {money}."),
        (Language::En, false) => format!("It is {rate} of the next {of}: {money}."),
    }
}

fn lump_sum(language: Language, rate: &str, [fixed, above, at_most]: &[String; 3]) -> String {
    match language {
        Language::Nl => format!(
            "Het is {fixed}, en {rate} van het deel boven {above}. Het is nooit meer dan {at_most}."
        ),
        Language::Fr => format!(
            "C'est {fixed}, et {rate} de la partie au-dessus de {above}. Ce n'est jamais plus de \
             {at_most}."
        ),
        Language::De => format!(
            "Es sind {fixed}, und {rate} des Teils über {above}. Es ist nie mehr als {at_most}."
        ),
        Language::En => format!(
            "It is {fixed}, and {rate} of the part above {above}. It is never more than {at_most}."
        ),
    }
}

fn vat(language: Language, [rate, money]: &[String; 2]) -> String {
    match language {
        Language::Nl => format!(
            "De schuldeiser kan de btw niet verrekenen. Daarom komt er {rate} btw bij: {money}."
        ),
        Language::Fr => format!(
            "Le créancier ne peut pas déduire la TVA. C'est pourquoi {rate} de TVA s'ajoutent\
             \u{a0}: {money}."
        ),
        Language::De => format!(
            "Der Gläubiger kann die Mehrwertsteuer nicht abziehen. Darum kommen {rate} \
             Mehrwertsteuer dazu: {money}."
        ),
        Language::En => {
            format!("The creditor cannot deduct VAT. That is why {rate} VAT is added: {money}.")
        }
    }
}

/// Which part of costs for several invoices this one bears.
pub(super) fn share(language: Language, total: Money, share: Money) -> String {
    let (total, share) = (amount(language, total), amount(language, share));
    match language {
        Language::Nl => format!("Van die {total} hoort {share} bij deze factuur."),
        Language::Fr => format!("De ces {total}, {share} concernent cette facture."),
        Language::De => format!("Von diesen {total} gehören {share} zu dieser Rechnung."),
        Language::En => format!("Of that {total}, {share} is for this invoice."),
    }
}

pub(super) fn interest(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => format!("Rente: {money}."),
        Language::Fr => format!("Intérêts\u{a0}: {money}."),
        Language::De => format!("Zinsen: {money}."),
        Language::En => format!("Interest: {money}."),
    }
}

pub(super) fn interest_ground(language: Language, ground: InterestGround) -> String {
    let (what, article) = interest_names(language, ground);
    match language {
        Language::Nl => {
            format!("Over de tijd dat u te laat bent, betaalt u {what} ({article}).")
        }
        Language::Fr => {
            format!("Pour le temps de votre retard, vous payez {what} ({article}).")
        }
        Language::De => {
            format!("Für die Zeit, in der Sie zu spät sind, zahlen Sie {what} ({article}).")
        }
        Language::En => format!("For the time that you are late you pay {what} ({article})."),
    }
}

/// What the interest is called, and the article that holds it.
const fn interest_names(
    language: Language,
    ground: InterestGround,
) -> (&'static str, &'static str) {
    match language {
        Language::Nl => interest_names_in_dutch(ground),
        Language::Fr => interest_names_in_french(ground),
        Language::De => interest_names_in_german(ground),
        Language::En => interest_names_in_english(ground),
    }
}

const fn interest_names_in_dutch(ground: InterestGround) -> (&'static str, &'static str) {
    match ground {
        InterestGround::DutchStatutory => ("wettelijke rente", "artikel 6:119 BW"),
        InterestGround::DutchCommercial => ("wettelijke handelsrente", "artikel 6:119a BW"),
        InterestGround::BelgianClause => (
            "de rente uit de voorwaarden, tot de grens van de wet",
            "artikel XIX.4 Wetboek van economisch recht",
        ),
        InterestGround::BelgianCommercial => {
            ("de rente voor ondernemingen", "artikel 5 van de wet van 2 augustus 2002")
        }
        InterestGround::BelgianLegal => ("de wettelijke rente", "artikel 5.240 Burgerlijk Wetboek"),
    }
}

const fn interest_names_in_french(ground: InterestGround) -> (&'static str, &'static str) {
    match ground {
        InterestGround::DutchStatutory => {
            ("les intérêts légaux", "article 6:119 du code civil néerlandais")
        }
        InterestGround::DutchCommercial => {
            ("les intérêts légaux entre entreprises", "article 6:119a du code civil néerlandais")
        }
        InterestGround::BelgianClause => (
            "les intérêts des conditions, jusqu'à la limite de la loi",
            "article XIX.4 du Code de droit économique",
        ),
        InterestGround::BelgianCommercial => {
            ("les intérêts entre entreprises", "article 5 de la loi du 2 août 2002")
        }
        InterestGround::BelgianLegal => ("les intérêts légaux", "article 5.240 du Code civil"),
    }
}

const fn interest_names_in_german(ground: InterestGround) -> (&'static str, &'static str) {
    match ground {
        InterestGround::DutchStatutory => {
            ("gesetzliche Zinsen", "Artikel 6:119 des niederländischen Bürgerlichen Gesetzbuchs")
        }
        InterestGround::DutchCommercial => (
            "gesetzliche Zinsen für Unternehmen",
            "Artikel 6:119a des niederländischen Bürgerlichen Gesetzbuchs",
        ),
        InterestGround::BelgianClause => (
            "die Zinsen aus den Bedingungen, bis zur Grenze des Gesetzes",
            "Artikel XIX.4 des belgischen Wirtschaftsgesetzbuchs",
        ),
        InterestGround::BelgianCommercial => {
            ("die Zinsen für Unternehmen", "Artikel 5 des belgischen Gesetzes vom 2. August 2002")
        }
        InterestGround::BelgianLegal => {
            ("die gesetzlichen Zinsen", "Artikel 5.240 des belgischen Zivilgesetzbuchs")
        }
    }
}

const fn interest_names_in_english(ground: InterestGround) -> (&'static str, &'static str) {
    match ground {
        InterestGround::DutchStatutory => {
            ("the interest of the law", "article 6:119 of the Dutch Civil Code")
        }
        InterestGround::DutchCommercial => {
            ("the interest of the law between businesses", "article 6:119a of the Dutch Civil Code")
        }
        InterestGround::BelgianClause => (
            "the interest of the terms, up to the limit of the law",
            "article XIX.4 of the Belgian Code of Economic Law",
        ),
        InterestGround::BelgianCommercial => {
            ("the interest between businesses", "article 5 of the Belgian law of 2 August 2002")
        }
        InterestGround::BelgianLegal => {
            ("the interest of the law", "article 5.240 of the Belgian Civil Code")
        }
    }
}

/// Some days with one rate and one amount.
pub(super) fn segment(language: Language, segment: &InterestSegment) -> String {
    let InterestSegment { first, last, days, base, rate_bp, amount: money } = *segment;
    let (first, last) = (date(language, first), date(language, last));
    let (base, money) = (amount(language, base), amount(language, money));
    let rate = percent(language, rate_bp);
    let days_word = match (language, days) {
        (Language::Nl, 1) => "dag",
        (Language::Nl, _) => "dagen",
        (Language::Fr, 1) => "jour",
        (Language::Fr, _) => "jours",
        (Language::De, 1) => "Tag",
        (Language::De, _) => "Tage",
        (Language::En, 1) => "day",
        (Language::En, _) => "days",
    };
    match language {
        Language::Nl => format!(
            "Van {first} tot en met {last} ({days} {days_word}): {rate} per jaar over {base} is \
             {money}."
        ),
        Language::Fr => format!(
            "Du {first} au {last} inclus ({days} {days_word})\u{a0}: {rate} par an sur {base}, \
             c'est {money}."
        ),
        Language::De => format!(
            "Vom {first} bis zum {last} ({days} {days_word}): {rate} im Jahr von {base} sind \
             {money}."
        ),
        Language::En => format!(
            "From {first} up to and including {last} ({days} {days_word}): {rate} a year of \
             {base} is {money}."
        ),
    }
}

pub(super) const fn full_years(language: Language) -> &'static str {
    match language {
        Language::Nl => "Na elk vol jaar telt de rente van dat jaar mee in het bedrag.",
        Language::Fr => {
            "Après chaque année complète, les intérêts de cette année s'ajoutent au montant."
        }
        Language::De => "Nach jedem vollen Jahr zählen die Zinsen dieses Jahres zum Betrag dazu.",
        Language::En => "After each full year the interest of that year counts in the amount.",
    }
}

pub(super) fn counted_before(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => format!("Daarvan staat {money} al hierboven. Dat telt niet nog een keer."),
        Language::Fr => {
            format!("De ce total, {money} figurent déjà plus haut. Ce n'est pas compté deux fois.")
        }
        Language::De => {
            format!("Davon stehen {money} schon weiter oben. Das zählt nicht noch einmal.")
        }
        Language::En => format!("{money} of it stands above already. It is not counted twice."),
    }
}

pub(super) fn rates_end(language: Language, last_day: Date) -> String {
    let day = date(language, last_day);
    match language {
        Language::Nl => format!(
            "Het percentage na {day} is hier nog niet bekend. Over de dagen daarna rekenen wij \
             geen rente."
        ),
        Language::Fr => format!(
            "Le taux après le {day} n'est pas encore connu ici. Nous ne comptons pas d'intérêts \
             pour les jours suivants."
        ),
        Language::De => format!(
            "Der Zinssatz nach dem {day} ist hier noch nicht bekannt. Für die Tage danach rechnen \
             wir keine Zinsen."
        ),
        Language::En => format!(
            "The rate after {day} is not known here yet. For the days after it we count no \
             interest."
        ),
    }
}

/// All of a payment, and what of it is for this invoice.
pub(super) fn payment(language: Language, whole: Money, paid: Money) -> String {
    let is_part = whole != paid;
    let (whole, paid) = (amount(language, whole), amount(language, paid));
    match (language, is_part) {
        (Language::Nl, false) => format!("U hebt {whole} betaald."),
        (Language::Nl, true) => {
            format!("U hebt {whole} betaald. Daarvan is {paid} voor deze factuur.")
        }
        (Language::Fr, false) => format!("Vous avez payé {whole}."),
        (Language::Fr, true) => {
            format!("Vous avez payé {whole}. De ce montant, {paid} sont pour cette facture.")
        }
        (Language::De, false) => format!("Sie haben {whole} bezahlt."),
        (Language::De, true) => {
            format!("Sie haben {whole} bezahlt. Davon sind {paid} für diese Rechnung.")
        }
        (Language::En, false) => format!("You paid {whole}."),
        (Language::En, true) => format!("You paid {whole}. {paid} of it is for this invoice."),
    }
}

/// What of a payment went back to whoever paid it.
pub(super) fn sent_back(language: Language, money: Money) -> String {
    let money = amount(language, money);
    match language {
        Language::Nl => format!("Van deze betaling gaat {money} naar u terug."),
        Language::Fr => format!("De ce paiement, {money} vous sont remboursés."),
        Language::De => format!("Von dieser Zahlung gehen {money} an Sie zurück."),
        Language::En => format!("{money} of this payment goes back to you."),
    }
}

/// What a payment paid of each part.
pub(super) fn paid_for(language: Language, parts: Parts, is_clause: bool) -> String {
    let [costs, interest, invoice] = part_names(language, is_clause);
    let parts = [(parts.costs, costs), (parts.interest, interest), (parts.principal, invoice)];
    let parts: Vec<(Money, &str)> =
        parts.into_iter().filter(|(money, _)| !money.is_zero()).collect();
    if let [(_, what)] = parts.as_slice() {
        return match language {
            Language::Nl => format!("Alles ging naar {what}."),
            Language::Fr => format!("Tout a servi à payer {what}."),
            Language::De => format!("Alles war für {what}."),
            Language::En => format!("All of it went to {what}."),
        };
    }
    let parts = parts.into_iter().map(|(money, what)| {
        let money = amount(language, money);
        match language {
            Language::Nl => format!("{money} naar {what}"),
            Language::Fr => format!("{money} pour {what}"),
            Language::De => format!("{money} für {what}"),
            Language::En => format!("{money} to {what}"),
        }
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    match language {
        Language::Nl => format!("Zo is het verdeeld: {parts}."),
        Language::Fr => format!("Voici la répartition\u{a0}: {parts}."),
        Language::De => format!("So ist es verteilt: {parts}."),
        Language::En => format!("This is how it was divided: {parts}."),
    }
}

/// The costs, the interest and the invoice, to follow a word such as `to`.
const fn part_names(language: Language, is_clause: bool) -> [&'static str; 3] {
    match (language, is_clause) {
        (Language::Nl, false) => ["de incassokosten", "de rente", "de factuur"],
        (Language::Nl, true) => ["de schadevergoeding", "de rente", "de factuur"],
        (Language::Fr, false) => ["les frais de recouvrement", "les intérêts", "la facture"],
        (Language::Fr, true) => ["l'indemnité", "les intérêts", "la facture"],
        (Language::De, false) => ["die Inkassokosten", "die Zinsen", "die Rechnung"],
        (Language::De, true) => ["die Entschädigung", "die Zinsen", "die Rechnung"],
        (Language::En, false) => ["the collection costs", "the interest", "the invoice"],
        (Language::En, true) => ["the compensation", "the interest", "the invoice"],
    }
}

/// Why a payment pays costs and interest first.
pub(super) fn order(language: Language, ground: OrderGround, is_clause: bool) -> String {
    let [costs, interest, invoice] = part_names(language, is_clause);
    let article = match (language, ground) {
        (_, OrderGround::OurOwn) => "",
        (Language::Nl, OrderGround::Dutch) => " (artikel 6:44 BW)",
        (Language::Nl, OrderGround::Belgian) => " (artikel 5.210 Burgerlijk Wetboek)",
        (Language::Fr, OrderGround::Dutch) => " (article 6:44 du code civil néerlandais)",
        (Language::Fr, OrderGround::Belgian) => " (article 5.210 du Code civil)",
        (Language::De, OrderGround::Dutch) => {
            " (Artikel 6:44 des niederländischen Bürgerlichen Gesetzbuchs)"
        }
        (Language::De, OrderGround::Belgian) => " (Artikel 5.210 des belgischen Zivilgesetzbuchs)",
        (Language::En, OrderGround::Dutch) => " (article 6:44 of the Dutch Civil Code)",
        (Language::En, OrderGround::Belgian) => " (article 5.210 of the Belgian Civil Code)",
    };
    match language {
        Language::Nl => format!(
            "Een betaling gaat eerst naar {costs}, dan naar {interest} en dan naar \
             {invoice}{article}."
        ),
        Language::Fr => format!(
            "Un paiement sert d'abord à payer {costs}, puis {interest}, puis {invoice}{article}."
        ),
        Language::De => format!(
            "Eine Zahlung ist zuerst für {costs}, dann für {interest} und dann für \
             {invoice}{article}."
        ),
        Language::En => format!(
            "A payment goes first to {costs}, then to {interest}, then to {invoice}{article}."
        ),
    }
}
