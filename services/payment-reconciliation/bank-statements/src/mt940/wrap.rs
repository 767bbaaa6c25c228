//! Lines as a bank broke them, and lines as somebody meant them.
//!
//! Banks break text hard after a fixed number of characters, most after 65, in the middle of words.
//! A line that fills the width goes on; one that lacks a character or two of it has lost spaces at
//! its end; a shorter one was ended by whoever wrote it.

/// Characters of a full line.
const WIDTH: usize = 65;
/// No bank breaks lines earlier.
const WIDTH_MIN: usize = 60;
/// Spaces that were lost at the end of a full line, at most.
const LOST_MAX: usize = 2;
/// Characters of the tag, which some banks count as part of the first line.
const TAG: usize = 4;

/// What ING begins a line of its own with.
const STRUCTURED: &str = "SCOR/";

/// How a line goes on in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// In the same word, or with the space that it ends with.
    Close,
    /// With a space that was lost.
    Space,
    /// Not at all.
    Break,
}

/// Each line with its joint to the next; the last one breaks.
pub(super) fn joints(lines: &[String]) -> Vec<(&str, Joint)> {
    let length = |line: &String| line.chars().count();
    let width = lines.iter().map(length).max().unwrap_or(0).min(WIDTH);
    let mut joints: Vec<(&str, Joint)> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let tag = if place == 0 { TAG } else { 0 };
        let own = length(line);
        let next = lines.get(place.saturating_add(1)).filter(|it| !it.trim().is_empty());
        let is_last = next.is_none_or(|it| it.starts_with(STRUCTURED));
        let joint = if width < WIDTH_MIN || line.trim().is_empty() || is_last {
            Joint::Break
        } else if own >= width || own.saturating_add(tag) >= width {
            Joint::Close
        } else if own.saturating_add(LOST_MAX) >= width {
            Joint::Space
        } else {
            Joint::Break
        };
        joints.push((line, joint));
    }
    joints
}

/// The lines as they were before the bank broke them; empty ones are left out.
pub(super) fn whole_lines(lines: &[String]) -> Vec<String> {
    let mut whole = Vec::new();
    let mut open = String::new();
    for (line, joint) in joints(lines) {
        open.push_str(line);
        match joint {
            Joint::Close => {}
            Joint::Space => open.push(' '),
            Joint::Break => whole.push(std::mem::take(&mut open)),
        }
    }
    whole.retain(|it| !it.trim().is_empty());
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, width: usize) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        characters.chunks(width).map(|it| it.iter().collect()).collect()
    }

    #[test]
    fn full_lines_go_on_and_short_ones_do_not() {
        let text =
            "Betreft factuur 2026-000123 van 1 maart, klantnummer 77123, met vriendelijke groet";
        for width in [61, 64, 65] {
            assert_eq!(whole_lines(&broken(text, width)), [text], "{width}");
        }
        let cut = broken(&text.replacen("vri", " ri", 1), 65);
        let trimmed: Vec<String> = cut.iter().map(|it| it.trim_end().to_owned()).collect();
        assert_eq!(whole_lines(&trimmed).len(), 1);
        let short = ["Factuur 1".to_owned(), "  ".to_owned(), "Met dank".to_owned()];
        assert_eq!(whole_lines(&short), ["Factuur 1", "Met dank"]);
    }
}
