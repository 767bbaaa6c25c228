//! How easy the words of a message are to read, so that who reads at level B1 can (Bki, quality
//! rules: language level B1).
//!
//! No formula measures a level. What is measured are the two things that every formula of ease
//! rests on, the length of sentences and of words, by the form of Flesch's formula that was fitted
//! to each language; and words that a plainer one replaces. The house asks for the band that their
//! authors call normal, 60 and above (Flesch 1948 and Douma 1960: what is read after eight years of
//! school, or fewer), for short sentences, and for no hard words. People judge the rest.
//!
//! The salutation and the closing words are not measured: they are the same for all, and short.

use primitives::Language;

use super::proof::whole;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readability {
    pub formula: &'static str,
    /// Ease, in tenths: 0 is very hard, 1000 very easy; at least [`EASE_MIN`] is asked.
    pub ease: i64,
    /// Words in the mean sentence, in tenths; at most [`SENTENCE_MEAN_MAX`] is asked.
    pub mean_sentence: i64,
    /// The longest sentence; at most [`SENTENCE_MAX`] words are asked.
    pub longest: Sentence,
    /// Hard words, each with a plainer one.
    pub hard: Vec<(&'static str, &'static str)>,
}

/// The words of a sentence, and how many they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pub words: i64,
    pub text: String,
}

/// The least ease, in tenths: the band "normal" begins at 60.
pub const EASE_MIN: i64 = 600;
/// The most words of the mean sentence, in tenths. (Guides for level B1 ask for 10 to 15.)
pub const SENTENCE_MEAN_MAX: i64 = 150;
/// The most words of any sentence: what names an article of the law has up to so many.
pub const SENTENCE_MAX: i64 = 25;

/// `constant - per_sentence * words/sentence - per_syllable * syllables/word`, in thousandths.
#[derive(Debug)]
struct Formula {
    name: &'static str,
    constant: i64,
    per_sentence: i64,
    per_syllable: i64,
}

/// Flesch, "A new readability yardstick" (1948); Douma, "De leesbaarheid van landbouwbladen"
/// (1960); Kandel and Moles, "Application de l'indice de Flesch à la langue française" (1958);
/// Amstad, "Wie verständlich sind unsere Zeitungen?" (1978).
const fn formula(language: Language) -> Formula {
    let (name, constant, per_sentence, per_syllable) = match language {
        Language::Nl => ("Flesch-Douma", 206_840, 930, 77_000),
        Language::Fr => ("Kandel-Moles", 207_000, 1_015, 73_600),
        Language::De => ("Amstad", 180_000, 1_000, 58_500),
        Language::En => ("Flesch", 206_835, 1_015, 84_600),
    };
    Formula { name, constant, per_sentence, per_syllable }
}

impl Readability {
    /// Measures the paragraphs of a message, all but the first and the last.
    #[must_use]
    pub fn of(language: Language, paragraphs: &[String]) -> Self {
        let body = match paragraphs {
            [_, body @ .., _] => body,
            short => short,
        };
        let sentences: Vec<Sentence> =
            body.iter().flat_map(|paragraph| sentences(language, paragraph)).collect();
        let words: i64 = sentences.iter().map(|sentence| sentence.words).sum();
        let all = body.iter().flat_map(|paragraph| words_of(paragraph));
        let spoken: i64 = all.map(|word| syllables(language, word)).sum();
        let count = i64::try_from(sentences.len()).unwrap_or(i64::MAX);
        let Formula { name, constant, per_sentence, per_syllable } = formula(language);
        let lengths = ratio(per_sentence, words, count);
        let weights = ratio(per_syllable, spoken, words);
        let ease = constant.saturating_sub(lengths).saturating_sub(weights);
        let text = body.join(" ").to_lowercase();
        let hard = hard_words(language).iter().filter(|(word, _)| whole(&text, word));
        Self {
            formula: name,
            ease: ratio(1, ease, 100),
            mean_sentence: ratio(10, words, count),
            longest: sentences.into_iter().max_by_key(|it| it.words).unwrap_or_default(),
            hard: hard.copied().collect(),
        }
    }

    /// Whether it is as easy as the house asks.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.ease >= EASE_MIN
            && self.mean_sentence <= SENTENCE_MEAN_MAX
            && self.longest.words <= SENTENCE_MAX
            && self.hard.is_empty()
    }
}

/// `factor * of / by`; 0 of nothing.
fn ratio(factor: i64, of: i64, by: i64) -> i64 {
    factor.saturating_mul(of).checked_div(by).unwrap_or(0)
}

/// The words of a text: what has a letter or a figure and stands between spaces.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric))
}

/// The sentences of a paragraph. As with Flesch, a colon and a semicolon end one, too: what they
/// part can be read by itself.
fn sentences(language: Language, paragraph: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut sentence = Sentence::default();
    let mut words = paragraph.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if !sentence.text.is_empty() {
            sentence.text.push(' ');
        }
        sentence.text.push_str(word);
        if word.chars().any(char::is_alphanumeric) {
            sentence.words = sentence.words.saturating_add(1);
        }
        if words.peek().is_none_or(|next| ends(language, word, next)) {
            sentences.push(std::mem::take(&mut sentence));
        }
    }
    sentences.retain(|sentence| sentence.words > 0);
    sentences
}

/// Whether a sentence ends between two words. A full stop within a name or a German date ends none.
fn ends(language: Language, word: &str, next: &str) -> bool {
    let bare = word.trim_end_matches(['"', ')', '»', '”']);
    if bare.ends_with(['!', '?', ':', ';', '…']) {
        return true;
    }
    let Some(stem) = bare.strip_suffix('.') else { return false };
    let is_day = matches!(stem.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9']);
    let is_ordinal = language == Language::De && is_day;
    let begins = next.chars().find(|sign| sign.is_alphanumeric());
    !is_ordinal && begins.is_some_and(|sign| sign.is_uppercase() || sign.is_ascii_digit())
}

/// The syllables of a word, counted by its vowels. What is no word of a language, a number or an
/// address, counts one.
fn syllables(language: Language, word: &str) -> i64 {
    let letters: Vec<char> =
        word.chars().filter(|sign| sign.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() || word.contains(['@', '/']) {
        return 1;
    }
    let spoken = match language {
        Language::Nl | Language::De => vowels(language, &letters),
        Language::Fr => without_mute_ending(&letters, &[&['e', 's'], &['e']], vowels_french),
        Language::En => vowels_english(&letters),
    };
    spoken.max(1)
}

/// Germanic words: two vowels are one sound where the language has such a sound.
fn vowels(language: Language, letters: &[char]) -> i64 {
    let together: &[&str] = match language {
        Language::Nl => {
            &["aa", "ee", "oo", "uu", "ie", "oe", "eu", "ui", "ei", "au", "ou", "ai", "oi"]
        }
        Language::De | Language::Fr | Language::En => {
            &["ei", "ai", "au", "eu", "äu", "ie", "aa", "ee", "oo"]
        }
    };
    // Dutch has sounds of three letters, such as in nieuw and mooi; German has none.
    let longest = if language == Language::Nl { 3 } else { 2 };
    let mut count = 0_i64;
    let mut sound: Vec<char> = Vec::new();
    let mut before = ' ';
    for &letter in letters {
        let mute = before == 'q' && letter == 'u';
        if is_vowel(letter) && !mute {
            let pair: String = sound.last().into_iter().chain([&letter]).collect();
            if sound.len() < longest && together.contains(&pair.as_str()) {
                sound.push(letter);
            } else {
                count = count.saturating_add(1);
                sound = vec![letter];
            }
        } else {
            sound.clear();
        }
        before = letter;
    }
    count
}

/// French words: vowels in a row are one sound, but for é and what bears two dots; y between vowels
/// parts them.
fn vowels_french(letters: &[char]) -> i64 {
    let mut count = 0_i64;
    let mut before = ' ';
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at.saturating_add(1)).copied().unwrap_or(' ');
        let parts = letter == 'y' && is_vowel(before) && is_vowel(next);
        if !parts && is_vowel(letter) {
            let begins = !is_vowel(before) || matches!(letter, 'ï' | 'ë' | 'ü') || before == 'é';
            count = count.saturating_add(i64::from(begins));
            before = letter;
        } else {
            before = ' ';
        }
    }
    count
}

/// English words: vowels in a row are one sound, and an e at the end is mostly mute.
fn vowels_english(letters: &[char]) -> i64 {
    let groups = |letters: &[char]| {
        let mut count = 0_i64;
        let mut before = ' ';
        for &letter in letters {
            count = count.saturating_add(i64::from(is_vowel(letter) && !is_vowel(before)));
            before = letter;
        }
        count
    };
    match letters {
        [.., 'l', 'e']
        | [.., 't' | 'd', 'e', 'd']
        | [.., 's' | 'x' | 'z' | 'h' | 'c' | 'g', 'e', 's'] => groups(letters),
        _ => without_mute_ending(letters, &[&['e', 'd'], &['e', 's'], &['e']], groups),
    }
}

/// Counts without the first of the endings that the word has, where a vowel is left.
fn without_mute_ending(letters: &[char], endings: &[&[char]], count: fn(&[char]) -> i64) -> i64 {
    let stem = endings.iter().find_map(|ending| letters.strip_suffix(*ending));
    let stem = stem.filter(|stem| stem.iter().any(|letter| is_vowel(*letter)));
    count(stem.unwrap_or(letters))
}

const fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'y'
            | 'à'
            | 'á'
            | 'â'
            | 'ä'
            | 'è'
            | 'é'
            | 'ê'
            | 'ë'
            | 'ì'
            | 'í'
            | 'î'
            | 'ï'
            | 'ò'
            | 'ó'
            | 'ô'
            | 'ö'
            | 'ù'
            | 'ú'
            | 'û'
            | 'ü'
            | 'æ'
            | 'œ'
    )
}

/// Words of offices and courts, each with a plainer one.
type HardWords = &'static [(&'static str, &'static str)];

const fn hard_words(language: Language) -> HardWords {
    match language {
        Language::Nl => DUTCH,
        Language::Fr => FRENCH,
        Language::De => GERMAN,
        Language::En => ENGLISH,
    }
}

const DUTCH: HardWords = &[
    ("alsmede", "en ook"),
    ("alvorens", "voordat"),
    ("betalingsachterstand", "wat u nog moet betalen"),
    ("betreffende", "over"),
    ("bovengenoemde", "deze"),
    ("conform", "volgens"),
    ("crediteur", "wie de factuur stuurde"),
    ("debiteur", "klant"),
    ("derhalve", "daarom"),
    ("dienen", "moeten"),
    ("dient", "moet"),
    ("hoofdsom", "bedrag van de factuur"),
    ("in gebreke", "te laat"),
    ("inzake", "over"),
    ("indien", "als"),
    ("middels", "met"),
    ("onverwijld", "meteen"),
    ("openstaande vordering", "wat u nog moet betalen"),
    ("reeds", "al"),
    ("sommeren", "vragen"),
    ("ten aanzien van", "over"),
    ("tevens", "ook"),
    ("verschuldigd", "wat u moet betalen"),
    ("verzoeken", "vragen"),
    ("voldaan", "betaald"),
    ("voldoen", "betalen"),
    ("vordering", "wat u moet betalen"),
];

const FRENCH: HardWords = &[
    ("acquitter", "payer"),
    ("afin de", "pour"),
    ("créance", "somme à payer"),
    ("créancier", "l'entreprise"),
    ("débiteur", "client"),
    ("exigible", "à payer"),
    ("honorer", "payer"),
    ("ladite", "cette"),
    ("nonobstant", "malgré"),
    ("principal", "montant de la facture"),
    ("redevable", "vous devez payer"),
    ("relatif à", "sur"),
    ("relative à", "sur"),
    ("s'avère", "est"),
    ("susmentionnée", "cette"),
    ("veuillez agréer", "cordialement"),
];

const GERMAN: HardWords = &[
    ("außenstände", "offene Rechnungen"),
    ("begleichen", "bezahlen"),
    ("bezüglich", "zu"),
    ("forderung", "Rechnung"),
    ("gläubiger", "die Firma"),
    ("hauptforderung", "Rechnungsbetrag"),
    ("hinsichtlich", "zu"),
    ("nachstehend", "unten"),
    ("schuldner", "Kunde"),
    ("säumig", "zu spät"),
    ("unverzüglich", "bald"),
    ("verzug", "zu spät"),
    ("vorgenannte", "diese"),
    ("zuzüglich", "und dazu"),
];

const ENGLISH: HardWords = &[
    ("aforementioned", "this"),
    ("arrears", "what is still to be paid"),
    ("commence", "begin"),
    ("creditor", "the company"),
    ("debtor", "customer"),
    ("forthwith", "now"),
    ("hereby", "now"),
    ("in respect of", "about"),
    ("liable", "you must pay"),
    ("outstanding", "still to be paid"),
    ("principal", "invoice amount"),
    ("prior to", "before"),
    ("pursuant to", "under"),
    ("remit", "pay"),
    ("settle", "pay"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_they_are_spoken() {
        for (language, words) in [
            (
                Language::Nl,
                &[
                    ("factuur", 2),
                    ("betalen", 3),
                    ("februari", 4),
                    ("nieuwe", 2),
                    ("herinnering", 4),
                    ("incassokosten", 5),
                    ("mooi", 1),
                    ("geïnd", 2),
                    ("u", 1),
                    ("2026", 1),
                    ("hallo@minnelijk.example", 1),
                ][..],
            ),
            (
                Language::Fr,
                &[
                    ("facture", 2),
                    ("payer", 2),
                    ("payée", 2),
                    ("créance", 2),
                    ("vous", 1),
                    ("les", 1),
                    ("que", 1),
                    ("intérêts", 3),
                    ("recouvrement", 4),
                ],
            ),
            (
                Language::De,
                &[
                    ("Rechnung", 2),
                    ("bezahlen", 3),
                    ("neue", 2),
                    ("Erinnerung", 4),
                    ("Inkassokosten", 5),
                    ("Quelle", 2),
                    ("Zeit", 1),
                ],
            ),
            (
                Language::En,
                &[
                    ("invoice", 2),
                    ("please", 1),
                    ("paid", 1),
                    ("asked", 1),
                    ("added", 2),
                    ("reminder", 3),
                    ("possible", 3),
                    ("we", 1),
                ],
            ),
        ] {
            for (word, expected) in words {
                assert_eq!(syllables(language, word), *expected, "{word}");
            }
        }
    }

    #[test]
    fn sentences_end_where_a_reader_may_breathe() {
        let told = |language, text| -> Vec<i64> {
            sentences(language, text).iter().map(|it| it.words).collect()
        };
        assert_eq!(told(Language::Nl, "Wij van Zand B.V. vragen dit. Kan het? Ja!"), [6, 2, 1]);
        assert_eq!(told(Language::De, "Bis zum 12. März 2026. Danke!"), [5, 1]);
        assert_eq!(told(Language::Fr, "Dites-le-nous\u{a0}: écrivez à nous."), [1, 3]);
        assert_eq!(told(Language::En, "It is € 1.20 for 3 days"), [6]);
        assert_eq!(told(Language::En, " "), [0; 0]);
    }

    /// The formula by hand: 6 words, 2 sentences, 8 syllables: 206.84 - 0.93 * 6/2 - 77 * 8/6.
    #[test]
    fn ease_is_what_the_formula_gives() {
        let body = "Betaalt u morgen? Dank u wel.".to_owned();
        let measured =
            Readability::of(Language::Nl, &["Beste Jan,".to_owned(), body, "Groet".to_owned()]);
        assert_eq!(measured.mean_sentence, 30);
        assert_eq!((measured.ease, measured.formula), (1_013, "Flesch-Douma"));
        assert!(measured.is_plain());
        let nothing = Readability::of(Language::De, &[]);
        assert_eq!((nothing.mean_sentence, nothing.longest.words), (0, 0));
    }

    #[test]
    fn a_hard_word_is_told_with_a_plainer_one() {
        let words = ["Hallo,", "U dient de vordering te voldoen.", "Groet"].map(str::to_owned);
        let measured = Readability::of(Language::Nl, &words);
        assert!(!measured.is_plain());
        let hard: Vec<&str> = measured.hard.iter().map(|(word, _)| *word).collect();
        assert_eq!(hard, ["dient", "voldoen", "vordering"]);
    }
}
