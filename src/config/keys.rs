//! `[keys]`: which keys an action has instead of the usual ones.

use toml::de::DeValue;

use crate::app::Action;
use crate::app::action::ACTIONS;
use crate::app::key::KeyCode;
use crate::app::keymap::{Binding, Chord, Context, Keymap, clash};

use super::file::{Entry, Reader};
use super::nearest::meant;

/// Places with keys of their own, by the names of their tables.
const PLACES: [(&str, Context); 9] = [
    ("list", Context::List),
    ("detail", Context::Detail),
    ("reading", Context::Reading),
    ("typing", Context::Typing),
    ("moments", Context::Moments),
    ("choosing", Context::Choosing),
    ("asking", Context::Asking),
    ("leaving", Context::Leaving),
    ("first_run", Context::FirstRun),
];

/// A binding, and the line that says so; `None` for the usual ones.
type Line = (Binding, Option<usize>);

/// The usual bindings with what `[keys]` says in their place. `None` after a mistake, which is noted.
pub(super) fn read(reader: &mut Reader, keys: Option<&Entry>) -> Option<Keymap> {
    let standard = Keymap::standard();
    let Some(keys) = keys else {
        return Some(standard);
    };
    let Some(table) = keys.get_ref().as_table() else {
        reader.mistake(keys.span(), "keys: a table is needed here, [keys]");
        return None;
    };
    let mut lines: Vec<Line> = standard.bindings().iter().map(|b| (*b, None)).collect();
    let mut quit = None;
    // What is said for a place comes later than what is said for all of them, wherever it stands.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(_, value)| value.get_ref().is_table());
    for (name, value) in entries {
        let place = PLACES.iter().find(|(place, _)| place == name.get_ref());
        match (value.get_ref().as_table(), place) {
            (Some(below), Some((place, context))) => {
                for (name, value) in below {
                    let full = format!("keys.{place}.{}", name.get_ref());
                    rebind(reader, &mut lines, &full, (name, value), Some(*context));
                }
            }
            (Some(_), None) => {
                let meant = meant(name.get_ref(), PLACES.map(|(place, _)| place));
                let what = format!("there is no table [keys.{}]{meant}", name.get_ref());
                reader.mistake(name.span(), what);
            }
            (None, _) => {
                let full = format!("keys.{}", name.get_ref());
                if name.get_ref() == Action::Quit.name() {
                    quit = Some(name.span());
                }
                rebind(reader, &mut lines, &full, (name, value), None);
            }
        }
    }
    refuse_clashes(reader, &mut lines);
    let bindings = lines.into_iter().map(|(binding, _)| binding).collect();
    let keymap = Keymap::new(bindings).ok()?;
    if !keymap.has_everywhere(Action::Quit) {
        let span = quit.unwrap_or_else(|| keys.span());
        reader.mistake(span, "keys.quit: there must be a key that quits");
    }
    Some(keymap)
}

fn rebind(
    reader: &mut Reader,
    lines: &mut Vec<Line>,
    full: &str,
    (name, value): (&toml::Spanned<toml::de::DeString>, &Entry),
    place: Option<Context>,
) {
    let Some(action) = Action::named(name.get_ref()) else {
        let names = ACTIONS.iter().map(|about| about.name);
        let meant = meant(name.get_ref(), names);
        reader.mistake(
            name.span(),
            format!("{full}: there is no such action{meant}"),
        );
        return;
    };
    let contexts = match place {
        Some(context) => vec![context],
        None => contexts_of(action),
    };
    let Some(chords) = chords(reader, full, value) else {
        return;
    };
    let line = reader.line(value.span());
    let gone = |b: &Binding| b.action == action && contexts.contains(&b.context);
    lines.retain(|(binding, _)| !gone(binding));
    for context in contexts {
        for chord in &chords {
            if context == Context::Typing && types_text(*chord) {
                let what = format!(
                    "{full}: {chord} would be typed here: only Ctrl, Alt and named keys act"
                );
                reader.mistake(value.span(), what);
                continue;
            }
            let binding = Binding {
                context,
                chord: *chord,
                action,
            };
            lines.push((binding, Some(line)));
        }
    }
}

/// Where an action has its usual keys. Where text is typed is a place of its own: what is bound elsewhere could be a letter. So is
/// where things are chosen: plain keys act on them there.
fn contexts_of(action: Action) -> Vec<Context> {
    let standard = Keymap::standard();
    let mut contexts = Vec::new();
    for binding in standard.bindings() {
        let apart = matches!(binding.context, Context::Typing | Context::Choosing);
        let new = !contexts.contains(&binding.context) && !apart;
        if binding.action == action && new {
            contexts.push(binding.context);
        }
    }
    let chooses = |b: &Binding| b.action == action && b.context == Context::Choosing;
    match contexts.is_empty() {
        true if standard.bindings().iter().any(chooses) => vec![Context::Choosing],
        true => vec![Context::Browse],
        false => contexts,
    }
}

/// One key, or a list of them; an empty list takes the action's keys away.
fn chords(reader: &mut Reader, full: &str, value: &Entry) -> Option<Vec<Chord>> {
    let items: Vec<&Entry> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut chords = Vec::new();
    for item in items {
        let Some(text) = item.get_ref().as_str() else {
            reader.mistake(
                item.span(),
                format!("{full}: keys are needed in quotes, like [\"Space\", \"p\"]"),
            );
            return None;
        };
        match text.parse::<Chord>() {
            Ok(chord) => chords.push(chord),
            Err(why) => {
                let shown = super::slot::shown(text);
                reader.mistake(item.span(), format!("{full}: {shown} is no key: {why}"));
                return None;
            }
        }
    }
    Some(chords)
}

fn types_text(chord: Chord) -> bool {
    match chord {
        Chord::One(key) => matches!(key.code, KeyCode::Char(_)) && !key.ctrl && !key.alt,
        Chord::Two(..) => true,
    }
}

/// Notes each pair of actions that have one key, and takes the second one's away to look on.
fn refuse_clashes(reader: &mut Reader, lines: &mut Vec<Line>) {
    loop {
        let bindings: Vec<_> = lines.iter().map(|(binding, _)| *binding).collect();
        let Some((at, (first, second))) = clash(&bindings) else {
            return;
        };
        let line = lines.get(at).and_then(|(_, line)| *line);
        let other = lines
            .iter()
            .find(|(binding, _)| *binding == first)
            .and_then(|(_, line)| *line);
        let (mine, theirs) = match (line, other) {
            // The usual one of both came last, because another was bound again before it.
            (None, Some(_)) => (first, second),
            _ => (second, first),
        };
        let of = match (line, other) {
            (Some(_), Some(other)) => format!(" (line {other})"),
            _ => ", where it usually is".to_owned(),
        };
        let (key, action, holder) = (theirs.chord, mine.action.name(), theirs.action.name());
        let what = match mine.chord == theirs.chord {
            true => format!(
                "keys.{action}: {key} is bound to {holder} already{of}: take one of them away"
            ),
            false => format!(
                "keys.{action}: {} and {key} of {holder} cannot be told apart while they are typed",
                mine.chord
            ),
        };
        reader.mistake_at(line.or(other).unwrap_or(1), what);
        lines.remove(at);
    }
}
