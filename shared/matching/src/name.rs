//! Names of people and companies as banks and creditors write them: in any order, cut down to
//! initials, with titles, particles and legal forms.

use crate::text::{Atom, atoms};

/// Words that are kept of one name.
const WORDS_MAX: usize = 8;
/// Lookup keys of one name.
const KEYS_MAX: usize = 16;
/// Lookup keys of the names in free text.
const TEXT_KEYS_MAX: usize = 16;

/// Words that name nobody: titles, particles, legal forms, and what joins two names.
const FILLERS: [&str; 76] = [
    "AAN",
    "AAS",
    "AFD",
    "ASBL",
    "BV",
    "BVBA",
    "CIE",
    "CO",
    "COMMV",
    "CV",
    "CVBA",
    "D",
    "DA",
    "DE",
    "DEN",
    "DER",
    "DES",
    "DHR",
    "DI",
    "DIT",
    "DR",
    "DRS",
    "DU",
    "EEN",
    "EN",
    "EO",
    "ERVEN",
    "ET",
    "FAM",
    "FAMILIE",
    "FAMILLE",
    "GCV",
    "GMBH",
    "HEER",
    "HET",
    "HR",
    "IN",
    "ING",
    "IR",
    "JR",
    "L",
    "LA",
    "LE",
    "LES",
    "LTD",
    "MADAME",
    "ME",
    "MEJ",
    "MEVR",
    "MEVROUW",
    "MLLE",
    "MME",
    "MONSIEUR",
    "MR",
    "MRS",
    "MW",
    "NV",
    "OF",
    "OP",
    "OU",
    "PAR",
    "PROF",
    "SA",
    "SARL",
    "SPRL",
    "SR",
    "SRL",
    "STICHTING",
    "T",
    "TE",
    "TEN",
    "TER",
    "VAN",
    "VOF",
    "VON",
    "VZW",
];

/// How far two names are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// Nothing in common.
    Other,
    /// One of them is not known.
    Unknown,
    /// One word in common, such as the surname of a family.
    Partly,
    /// Two words in common, or one and an initial.
    Same,
}

/// The words of a name, sorted: without accents, titles, particles and legal forms. Initials are
/// words of one letter. Two names are compared word by word, so their order means nothing.
#[must_use]
pub fn name_tokens(name: &str) -> Vec<String> {
    let mut words = words(&atoms(name));
    words.sort_unstable();
    words.dedup();
    words
}

/// The keys by which a debtor is found from a name: two whole words together, and each word with an
/// initial of another one, so that `J. Jansen` finds `Jan Jansen`. A shell indexes the keys of its
/// debtors; it need not look up a key that very many have.
#[must_use]
pub fn name_keys(tokens: &[String]) -> Vec<String> {
    let whole = || tokens.iter().filter(|it| it.len() > 2);
    if let [only] = tokens {
        return whole().take(1).map(|_| only.clone()).collect();
    }
    let pair = |one: &String| {
        whole().filter(|it| *it > one).map(|it| format!("{one} {it}")).collect::<Vec<_>>()
    };
    let with_initial = |word: &String| {
        let others = tokens.iter().filter(|it| *it != word).filter_map(|it| it.get(..1));
        others.map(|initial| format!("{word} {initial}")).collect::<Vec<_>>()
    };
    let mut keys: Vec<String> =
        whole().flat_map(pair).chain(whole().flat_map(with_initial)).collect();
    keys.truncate(KEYS_MAX);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys of what may be a name in free text: words that stand side by side.
pub(crate) fn text_name_keys(words: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = words
        .windows(2)
        .flat_map(|pair| {
            let mut pair = pair.to_vec();
            pair.sort_unstable();
            pair.dedup();
            name_keys(&pair)
        })
        .collect();
    keys.truncate(TEXT_KEYS_MAX);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The words of free text in their order, fillers left out.
pub(crate) fn text_words(atoms: &[Atom]) -> Vec<String> {
    atoms.iter().filter(|atom| atom.is_word()).flat_map(|atom| tokens_of(&atom.text)).collect()
}

fn words(atoms: &[Atom]) -> Vec<String> {
    let mut words = text_words(atoms);
    if words.is_empty() {
        // A company may be called by figures or by a filler alone.
        words = atoms.iter().map(|atom| atom.text.clone()).collect();
    }
    words.truncate(WORDS_MAX);
    words
}

fn is_filler(word: &str) -> bool {
    FILLERS.binary_search(&word).is_ok()
}

/// A word; several initials where it has two or three letters and no vowel.
fn tokens_of(word: &str) -> Vec<String> {
    let is_initials = (2..=3).contains(&word.len())
        && !word.contains(['A', 'E', 'I', 'O', 'U', 'Y'])
        && !is_filler(word);
    if is_initials {
        word.chars().map(String::from).collect()
    } else if is_filler(word) && word.len() > 1 {
        Vec::new()
    } else {
        vec![word.to_owned()]
    }
}

/// How far two lists of words are of one person.
pub(crate) fn likeness(one: &[String], other: &[String]) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::Unknown;
    }
    let is_shared = |word: &&String| word.len() > 1 && other.contains(word);
    let shared = one.iter().filter(is_shared).count();
    if shared == 0 {
        return Likeness::Other;
    }
    let (ours, theirs) = (unshared(one, other), unshared(other, one));
    let nothing_else = ours.is_empty() && theirs.is_empty();
    let fits = |initial: &str, words: &[&str]| {
        initial.len() == 1 && words.iter().any(|word| word.starts_with(initial))
    };
    let by_initial =
        ours.iter().any(|it| fits(it, &theirs)) || theirs.iter().any(|it| fits(it, &ours));
    if shared > 1 || nothing_else || by_initial { Likeness::Same } else { Likeness::Partly }
}

/// The initials, and the words that the other name does not have.
fn unshared<'a>(words: &'a [String], others: &[String]) -> Vec<&'a str> {
    let is_own = |it: &&String| it.len() == 1 || !others.contains(it);
    words.iter().filter(is_own).map(String::as_str).collect()
}

/// Whether free text holds a whole name: at least two words of it, or one long one that is all of
/// it.
pub(crate) fn is_named(tokens: &[String], text_words: &[String]) -> bool {
    let found = tokens.iter().filter(|it| it.len() > 1 && text_words.contains(it)).count();
    let whole = tokens.iter().filter(|it| it.len() > 1).count();
    if found > 1 || (found == 1 && whole == 1 && tokens.len() == 1) {
        return true;
    }
    // `J. Jansen` for `Jan Jansen`: the initial stands right beside the word.
    let pairs = text_words.windows(2);
    found == 1 && pairs.into_iter().any(|pair| pair.iter().all(|it| is_of(it, tokens)))
}

fn is_of(word: &str, tokens: &[String]) -> bool {
    tokens.iter().any(|token| token == word || (word.len() == 1 && token.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Likeness {
        likeness(&name_tokens(one), &name_tokens(other))
    }

    #[test]
    fn fillers_are_sorted() {
        assert!(FILLERS.is_sorted());
    }

    #[test]
    fn one_person_is_written_in_many_ways() {
        for (one, other) in [
            ("J. Jansen", "Jan Jansen"),
            ("JANSEN J", "Jan Jansen"),
            ("HR J JANSEN", "Jan Jansen"),
            ("Mevr. M.C. van den Berg-Peeters", "BERG MC"),
            ("Hélène Lefèvre", "LEFEVRE HELENE"),
            ("J Jansen e/o P de Vries", "Piet de Vries"),
            ("Bakkerij De Smet BV", "DE SMET BAKKERIJ"),
            ("Colruyt NV", "COLRUYT"),
            ("JP Dubois", "Jean-Pierre Dubois"),
        ] {
            assert_eq!(compare(one, other), Likeness::Same, "{one} and {other}");
        }
    }

    #[test]
    fn a_family_or_a_first_name_is_not_one_person() {
        assert_eq!(compare("Jan Peeters", "Jan Pauwels"), Likeness::Partly);
        assert_eq!(compare("P. Jansen", "Jan Jansen"), Likeness::Partly);
        assert_eq!(compare("Jansen", "Jan Jansen"), Likeness::Partly);
        assert_eq!(compare("Els Maes", "Jan Jansen"), Likeness::Other);
        assert_eq!(compare("", "Jan Jansen"), Likeness::Unknown);
    }

    #[test]
    fn a_short_form_finds_the_debtor() {
        let key = |name: &str| name_keys(&name_tokens(name));
        let debtor = key("Jan Jansen");
        for written in ["J. Jansen", "JANSEN J", "dhr. J Jansen", "Jansen Jan"] {
            assert!(key(written).iter().any(|it| debtor.contains(it)), "{written}");
        }
    }

    #[test]
    fn free_text_may_name_somebody() {
        let text = |text: &str| text_words(&atoms(text));
        let jan = name_tokens("Jan Jansen");
        assert!(is_named(&jan, &text("betaling voor Jan Jansen")));
        assert!(is_named(&jan, &text("voor j. jansen te Gent")));
        assert!(!is_named(&jan, &text("voor jansen")));
        assert!(!is_named(&jan, &text("voor p. jansen te Gent")));
    }
}
