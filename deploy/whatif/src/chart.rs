//! Charts for people (SVG): how agreements compare, week by week.

use std::fmt::Write;

use jiff::ToSpan;
use primitives::{Currency, Date, Money};

use crate::outcome::{Outcome, Week};

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Such as `cash.svg`.
    pub file: &'static str,
    pub svg: String,
}

/// What is shown, and how a week becomes a number.
struct Subject {
    file: &'static str,
    title: &'static str,
    /// Whether each week stands for all weeks until it.
    is_running: bool,
    is_money: bool,
    of: fn(&Week) -> i64,
}

const SUBJECTS: [Subject; 4] = [
    Subject {
        file: "cash.svg",
        title: "Received until then",
        is_running: true,
        is_money: true,
        of: |week| week.cash_minor,
    },
    Subject {
        file: "contacts.svg",
        title: "Letters and calls a week",
        is_running: false,
        is_money: false,
        of: |week| i64::try_from(week.letters.saturating_add(week.calls)).unwrap_or(i64::MAX),
    },
    Subject {
        file: "added.svg",
        title: "Costs and interest added until then",
        is_running: true,
        is_money: true,
        of: |week| week.added_minor,
    },
    Subject {
        file: "harm.svg",
        title: "Of that to debtors who cannot pay or do not agree",
        is_running: true,
        is_money: true,
        of: |week| week.harm_minor,
    },
];

/// Told apart by people who do not see colours too: by their lightness, and by their dashes.
const LINES: [(&str, &str); 6] = [
    ("#0b5394", ""),
    ("#e69138", "9 5"),
    ("#38761d", "3 4"),
    ("#a61c5d", "14 4 3 4"),
    ("#6fa8dc", ""),
    ("#7f6000", "6 3"),
];

const FONTS: &str = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";
const WIDTH: i64 = 960;
const HEIGHT: i64 = 420;
/// Around the plot: left, top, right, bottom.
const LEFT: i64 = 100;
const TOP: i64 = 64;
const RIGHT: i64 = 40;
const BOTTOM: i64 = 84;

/// All charts of some outcomes over the same days.
#[must_use]
pub fn charts(outcomes: &[Outcome], (from, to): (Date, Date), currency: Currency) -> Vec<Chart> {
    let weeks = mondays(from, to);
    let draw = |subject: &Subject| Chart {
        file: subject.file,
        svg: Plot::of(subject, outcomes, &weeks, currency).svg(),
    };
    SUBJECTS.iter().map(draw).collect()
}

fn mondays(from: Date, to: Date) -> Vec<Date> {
    let back = i64::from(from.weekday().to_monday_zero_offset());
    let first = from.saturating_sub(back.days());
    std::iter::successors(Some(first), |day| day.checked_add(7.days()).ok())
        .take_while(|day| *day <= to)
        .collect()
}

struct Plot<'a> {
    subject: &'a Subject,
    weeks: &'a [Date],
    currency: Currency,
    lines: Vec<(&'a str, Vec<i64>)>,
    /// The highest mark, and how far marks are apart.
    top: i64,
    mark: i64,
}

impl<'a> Plot<'a> {
    fn of(
        subject: &'a Subject,
        outcomes: &'a [Outcome],
        weeks: &'a [Date],
        currency: Currency,
    ) -> Self {
        let lines: Vec<(&str, Vec<i64>)> = outcomes
            .iter()
            .map(|outcome| {
                let mut sum = 0_i64;
                let of_week = |monday| outcome.sums.weeks.get(monday).map_or(0, subject.of);
                let values = weeks.iter().map(|monday| {
                    let value = of_week(monday);
                    sum = if subject.is_running { sum.saturating_add(value) } else { value };
                    sum
                });
                (outcome.agreement.as_str(), values.collect())
            })
            .collect();
        let highest = lines.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0);
        let mark = round_up(highest.max(1).saturating_add(3) / 4);
        let marks = highest.max(1).saturating_add(mark).saturating_sub(1).checked_div(mark);
        let top = mark.saturating_mul(marks.unwrap_or(1));
        Self { subject, weeks, currency, lines, top, mark }
    }

    fn x(&self, week: usize) -> i64 {
        let span = i64::try_from(self.weeks.len().saturating_sub(1)).unwrap_or(1).max(1);
        let week = i64::try_from(week).unwrap_or(0);
        let wide = WIDTH.saturating_sub(LEFT).saturating_sub(RIGHT);
        LEFT.saturating_add(wide.saturating_mul(week).checked_div(span).unwrap_or(0))
    }

    fn y(&self, value: i64) -> i64 {
        let high = i128::from(HEIGHT.saturating_sub(TOP).saturating_sub(BOTTOM));
        let up = high.saturating_mul(i128::from(value)).checked_div(i128::from(self.top));
        let up = i64::try_from(up.unwrap_or(0)).unwrap_or(0);
        HEIGHT.saturating_sub(BOTTOM).saturating_sub(up)
    }

    fn label(&self, value: i64) -> String {
        if !self.subject.is_money {
            return grouped(&value.to_string());
        }
        let text = Money::new(value, self.currency).to_decimal().to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let whole = grouped(whole);
        if part.bytes().all(|it| it == b'0') { whole } else { format!("{whole}.{part}") }
    }

    fn svg(&self) -> String {
        let title = self.subject.title;
        let unit = if self.subject.is_money { self.currency.code() } else { "" };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             role=\"img\" font-family=\"{FONTS}\" font-size=\"14\">\n\
             <title>{title}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"34\" font-size=\"20\" font-weight=\"600\" fill=\"#222\">{title}\
             </text>\n<text x=\"{}\" y=\"50\" text-anchor=\"end\" fill=\"#555\">{unit}</text>\n",
            LEFT.saturating_sub(10),
        );
        // Writing to a text cannot fail.
        let _ = self.write_axes(&mut svg);
        let _ = self.write_lines(&mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn write_axes(&self, svg: &mut String) -> std::fmt::Result {
        let right = WIDTH.saturating_sub(RIGHT);
        let mut value = 0_i64;
        while value <= self.top {
            let (y, label) = (self.y(value), self.label(value));
            writeln!(
                svg,
                "<path d=\"M{LEFT} {y}H{right}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{}\" \
                 text-anchor=\"end\" fill=\"#555\">{label}</text>",
                LEFT.saturating_sub(10),
                y.saturating_add(5),
            )?;
            value = value.saturating_add(self.mark);
        }
        let every = self.weeks.len().div_ceil(8).max(1);
        let base = HEIGHT.saturating_sub(BOTTOM).saturating_add(22);
        for (place, monday) in self.weeks.iter().enumerate().step_by(every) {
            let x = self.x(place);
            writeln!(
                svg,
                "<text x=\"{x}\" y=\"{base}\" text-anchor=\"middle\" fill=\"#555\">{monday}</text>"
            )?;
        }
        Ok(())
    }

    fn write_lines(&self, svg: &mut String) -> std::fmt::Result {
        let mut x = LEFT;
        let legend = HEIGHT.saturating_sub(24);
        for ((name, values), (colour, dashes)) in self.lines.iter().zip(LINES.iter().cycle()) {
            let points = values
                .iter()
                .enumerate()
                .map(|(place, value)| format!("{},{}", self.x(place), self.y((*value).max(0))));
            let points: Vec<String> = points.collect();
            let drawn = format!(
                "fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" \
                 stroke-dasharray=\"{dashes}\""
            );
            writeln!(svg, "<polyline points=\"{}\" {drawn}/>", points.join(" "))?;
            let end = x.saturating_add(34);
            writeln!(
                svg,
                "<path d=\"M{x} {}H{end}\" {drawn}/><text x=\"{}\" y=\"{legend}\" fill=\"#222\">{}\
                 </text>",
                legend.saturating_sub(5),
                end.saturating_add(8),
                escaped(name),
            )?;
            let signs = i64::try_from(name.chars().count()).unwrap_or(0);
            x = end.saturating_add(36).saturating_add(signs.saturating_mul(8));
        }
        Ok(())
    }
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_up(value: i64) -> i64 {
    let mut ten = 1_i64;
    loop {
        for times in [1, 2, 5] {
            let step = ten.saturating_mul(times);
            if step >= value {
                return step;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

/// Digits in threes.
fn grouped(digits: &str) -> String {
    let count = digits.chars().count();
    let mut text = String::new();
    for (place, sign) in digits.chars().enumerate() {
        let left = count.saturating_sub(place);
        if place > 0 && left % 3 == 0 && !text.ends_with('-') {
            text.push('\u{202f}');
        }
        text.push(sign);
    }
    text
}

/// A name as text of XML.
fn escaped(name: &str) -> String {
    name.chars()
        .map(|sign| match sign {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            sign if sign.is_control() => " ".to_owned(),
            sign => sign.to_string(),
        })
        .collect()
}
