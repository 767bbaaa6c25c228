//! Which signs of a text can be shown as they are.

/// Whether a sign moves, hides or turns round what stands around it on a screen: control
/// characters, breaks of lines, and what only formats (bidirectional marks, spaces without width,
/// tags). The two joiners stay: some scripts need them.
pub(super) fn is_unprintable(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The text with every such sign replaced, and no longer than a field's name can be.
pub(super) fn shown(text: &str) -> String {
    const SIGNS_MAX: usize = 200;
    let shown = |sign| if is_unprintable(sign) { char::REPLACEMENT_CHARACTER } else { sign };
    text.chars().take(SIGNS_MAX).map(shown).collect()
}
