//! Which key does what where. Help and footer are made from these bindings, never written beside them.

use std::fmt;

use super::action::{Action, Group};
use super::key::{Key, KeyCode};

mod chord;
mod standard;

pub use chord::NoChord;

/// Where a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The list and the detail pane.
    Browse,
    List,
    Detail,
    /// Help and the log: text that is read.
    Reading,
    /// The command line and the search: text that is typed.
    Typing,
    /// The moments of a recording.
    Moments,
    /// A list of things to choose from: columns, views, profiles.
    Choosing,
    /// A question that is answered by yes or no.
    Asking,
    /// The question before the program ends.
    Leaving,
    /// Nothing to browse yet.
    FirstRun,
}

impl Context {
    /// The contexts whose bindings count while this one has the focus.
    fn in_force(self) -> &'static [Self] {
        match self {
            Self::Browse => &[Self::Browse],
            Self::List => &[Self::List, Self::Browse],
            Self::Detail => &[Self::Detail, Self::Browse],
            Self::Reading => &[Self::Reading],
            Self::Typing => &[Self::Typing],
            Self::Moments => &[Self::Moments],
            Self::Choosing => &[Self::Choosing],
            Self::Asking => &[Self::Asking],
            Self::Leaving => &[Self::Leaving],
            Self::FirstRun => &[Self::FirstRun],
        }
    }

    pub(crate) const FOCI: [Self; 9] = [
        Self::List,
        Self::Detail,
        Self::Reading,
        Self::Typing,
        Self::Moments,
        Self::Choosing,
        Self::Asking,
        Self::Leaving,
        Self::FirstRun,
    ];
}

/// One key, or a lead key and one after it (`y i`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chord {
    One(Key),
    Two(Key, Key),
}

impl Chord {
    fn lead(self) -> Key {
        match self {
            Self::One(key) | Self::Two(key, _) => key,
        }
    }

    /// Both cannot be told apart while they are typed.
    fn clashes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Two(..), Self::Two(..)) => self == other,
            _ => self.lead() == other.lead(),
        }
    }
}

/// One line of the key map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    pub context: Context,
    pub chord: Chord,
    pub action: Action,
}

/// Two actions on one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{chord} is bound twice, to {} and to {}: take one of them away", .first.name(), .second.name())]
pub struct Clash {
    pub chord: Chord,
    pub first: Action,
    pub second: Action,
}

/// The first two bindings that cannot be told apart where both count, and where the second one stands.
pub fn clash(bindings: &[Binding]) -> Option<(usize, (Binding, Binding))> {
    for focus in Context::FOCI {
        let here = || {
            let counts = |b: &Binding| focus.in_force().contains(&b.context);
            bindings.iter().enumerate().filter(move |(_, b)| counts(b))
        };
        for (at, first) in here() {
            let mut after = here().filter(|(other, _)| *other > at);
            if let Some((second_at, second)) = after.find(|(_, b)| b.chord.clashes(first.chord)) {
                return Some((second_at, (*first, *second)));
            }
        }
    }
    None
}

/// What a key turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Action(Action),
    /// The first of two keys.
    Lead,
    Nothing,
}

/// All bindings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// Refuses two actions on one key, and a key that is also the lead of two.
    pub fn new(bindings: Vec<Binding>) -> Result<Self, Clash> {
        match clash(&bindings) {
            Some((_, (first, second))) => Err(Clash {
                chord: second.chord,
                first: first.action,
                second: second.action,
            }),
            None => Ok(Self { bindings }),
        }
    }

    /// All of them, in the order of help.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Does the action have a key wherever the focus is?
    pub fn has_everywhere(&self, action: Action) -> bool {
        let mut foci = Context::FOCI.into_iter();
        foci.all(|focus| self.chords(focus, action).next().is_some())
    }

    /// The bindings callreel comes with.
    pub fn standard() -> Self {
        Self {
            bindings: standard::bindings(),
        }
    }

    /// What `key` means in `focus`, after `lead` when that was typed.
    pub fn find(&self, focus: Context, lead: Option<Key>, key: Key) -> Found {
        let key = normal(key);
        let wanted = lead.map_or(Chord::One(key), |lead| Chord::Two(lead, key));
        let here = || {
            self.bindings
                .iter()
                .filter(|b| focus.in_force().contains(&b.context))
        };
        if let Some(binding) = here().find(|binding| binding.chord == wanted) {
            return Found::Action(binding.action);
        }
        let leads = here().any(|b| matches!(b.chord, Chord::Two(first, _) if first == key));
        if lead.is_none() && leads {
            Found::Lead
        } else {
            Found::Nothing
        }
    }

    /// What may follow a lead key.
    pub fn after(&self, focus: Context, lead: Key) -> impl Iterator<Item = (Key, Action)> {
        self.bindings
            .iter()
            .filter_map(move |binding| match binding.chord {
                Chord::Two(first, second)
                    if first == lead && focus.in_force().contains(&binding.context) =>
                {
                    Some((second, binding.action))
                }
                _ => None,
            })
    }

    /// A sentence of ours with its keys: in `{refresh} tries again` the action's first key stands for its name, or what is typed
    /// to run it where it has none.
    pub fn spell(&self, sentence: &str) -> String {
        let mut spelled = String::with_capacity(sentence.len());
        let mut rest = sentence;
        while let Some((before, name, after)) = rest.split_once('{').and_then(|(before, after)| {
            let (name, after) = after.split_once('}')?;
            Some((before, name, after))
        }) {
            spelled.push_str(before);
            spelled.push_str(&self.key_in_words(name));
            rest = after;
        }
        spelled + rest
    }

    fn key_in_words(&self, name: &str) -> String {
        let action = Action::named(name);
        let foci = [Context::List, Context::FirstRun];
        let mut chords = foci
            .into_iter()
            .filter_map(|focus| self.chords(focus, action?).next());
        match chords.next() {
            // The sign of a blank is hard to read among words.
            Some(chord) => chord.to_string().replace('␣', "Space"),
            None => format!(":{name}"),
        }
    }

    /// The keys of an action while `focus` has it, the first bound first.
    pub fn chords(&self, focus: Context, action: Action) -> impl Iterator<Item = Chord> {
        self.bindings
            .iter()
            .filter(move |b| b.action == action && focus.in_force().contains(&b.context))
            .map(|binding| binding.chord)
    }

    /// For help: each action of the group that has a key in the list, with its keys.
    pub fn listed(&self, group: Group) -> Vec<(String, &'static str)> {
        let mut lines: Vec<(Vec<String>, Vec<&'static str>)> = Vec::new();
        // Ten digits are one habit, and one line.
        let digits = |(tenth, digit)| {
            let mut chords = self.chords(Context::List, Action::Tenth(tenth));
            chords.next() == Some(Chord::One(Key::char(digit))) && chords.next().is_none()
        };
        let habit = (0..).zip('0'..='9').all(digits);
        for about in super::action::ACTIONS
            .iter()
            .filter(|about| about.group == group)
        {
            let keys: Vec<_> = self
                .chords(Context::List, about.action)
                .map(|c| c.to_string())
                .collect();
            match about.action {
                Action::Tenth(0) if habit => {
                    lines.push((vec!["0 … 9".into()], vec!["jump to 0 … 90 %"]));
                }
                Action::Tenth(_) if habit => {}
                _ if keys.is_empty() => {}
                _ => lines.push((keys, vec![about.words])),
            }
        }
        lines
            .into_iter()
            .filter_map(|(keys, words)| Some((keys.join("  "), *words.first()?)))
            .collect()
    }
}

/// Terminals differ in whether Shift is told beside what it made of the key.
fn normal(key: Key) -> Key {
    match key.code {
        KeyCode::Char(_) | KeyCode::BackTab => Key {
            shift: false,
            ..key
        },
        _ => key,
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(key) => f.write_str(&label(*key)),
            Self::Two(first, second) => write!(f, "{} {}", label(*first), label(*second)),
        }
    }
}

/// A key as it stands on a keyboard.
pub fn label(key: Key) -> String {
    let code = match key.code {
        KeyCode::Char(' ') => "␣".into(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Enter => "⏎".into(),
        KeyCode::Esc => "Esc".into(),
        KeyCode::Tab => "Tab".into(),
        KeyCode::BackTab => "Shift-Tab".into(),
        KeyCode::Backspace => "⌫".into(),
        KeyCode::Delete => "Del".into(),
        KeyCode::Insert => "Ins".into(),
        KeyCode::Home => "Home".into(),
        KeyCode::End => "End".into(),
        KeyCode::PageUp => "PgUp".into(),
        KeyCode::PageDown => "PgDn".into(),
        KeyCode::Up => "↑".into(),
        KeyCode::Down => "↓".into(),
        KeyCode::Left => "←".into(),
        KeyCode::Right => "→".into(),
        KeyCode::F(n) => format!("F{n}"),
    };
    let held = [
        (key.ctrl, "Ctrl-"),
        (key.alt, "Alt-"),
        (key.shift, "Shift-"),
    ];
    let held: String = held
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| *name)
        .collect();
    held + &code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(context: Context, chord: Chord, action: Action) -> Binding {
        Binding {
            context,
            chord,
            action,
        }
    }

    #[test]
    fn the_bindings_that_are_shipped_hold_no_key_twice() {
        assert_eq!(
            Keymap::new(Keymap::standard().bindings),
            Ok(Keymap::standard())
        );
    }

    #[test]
    fn two_actions_on_one_key_are_refused() {
        let chord = Chord::One(Key::char('x'));
        let clash = Keymap::new(vec![
            bind(Context::Browse, chord, Action::Help),
            bind(Context::List, chord, Action::Quit),
        ]);
        assert_eq!(
            clash,
            Err(Clash {
                chord,
                first: Action::Help,
                second: Action::Quit
            })
        );
        assert_eq!(
            clash.unwrap_err().to_string(),
            "x is bound twice, to help and to quit: take one of them away"
        );
    }

    #[test]
    fn a_key_cannot_act_and_lead() {
        let lead = Key::char('y');
        let refused = Keymap::new(vec![
            bind(
                Context::Browse,
                Chord::Two(lead, Key::char('i')),
                Action::CopyId,
            ),
            bind(Context::Browse, Chord::One(lead), Action::Help),
        ]);
        assert!(refused.is_err());
    }

    #[test]
    fn one_key_may_act_differently_in_panes_that_never_share_the_focus() {
        let chord = Chord::One(Key::char('x'));
        let taken = Keymap::new(vec![
            bind(Context::Detail, chord, Action::Help),
            bind(Context::List, chord, Action::Quit),
        ]);
        assert!(taken.is_ok());
    }

    #[test]
    fn a_lead_waits_for_its_second_key() {
        let keys = Keymap::standard();
        let y = Key::char('y');
        assert_eq!(keys.find(Context::List, None, y), Found::Lead);
        assert_eq!(
            keys.find(Context::List, Some(y), Key::char('i')),
            Found::Action(Action::CopyId)
        );
        assert_eq!(keys.find(Context::List, Some(y), y), Found::Nothing);
    }

    #[test]
    fn sentences_name_the_keys_as_they_are_bound() {
        let spelled = |text| Keymap::standard().spell(text);
        assert_eq!(spelled("{pause} tries again"), "Space tries again");
        assert_eq!(spelled("{copy-url}, {demo} and {log}"), "y u, d and :log");
        assert_eq!(spelled("nothing {open"), "nothing {open");
        let other = Keymap::new(vec![bind(
            Context::Browse,
            Chord::One(Key::plain(KeyCode::F(5))),
            Action::Refresh,
        )]);
        assert_eq!(
            other.unwrap().spell("{refresh} tries again"),
            "F5 tries again"
        );
    }

    #[test]
    fn every_bound_action_has_a_name_and_words() {
        for binding in &Keymap::standard().bindings {
            assert!(
                binding.action.description().is_some(),
                "{:?}",
                binding.action
            );
        }
    }

    #[test]
    fn listening_goes_on_by_three_keys_wherever_there_is_something_to_hear() {
        let keys = Keymap::standard();
        for focus in Context::FOCI {
            let found = |n| keys.find(focus, None, Key::plain(KeyCode::F(n)));
            let wanted = match focus {
                Context::FirstRun => [Found::Nothing; 3],
                _ => [Action::Seek(-3), Action::TogglePause, Action::Seek(3)].map(Found::Action),
            };
            assert_eq!([found(7), found(8), found(9)], wanted, "{focus:?}");
        }
    }

    #[test]
    fn escape_never_quits() {
        let keys = Keymap::standard();
        for focus in Context::FOCI {
            let found = keys.find(focus, None, Key::plain(KeyCode::Esc));
            assert!(
                matches!(found, Found::Action(Action::Back) | Found::Nothing),
                "{focus:?}"
            );
        }
    }

    #[test]
    fn control_c_quits_everywhere() {
        for focus in Context::FOCI {
            let found = Keymap::standard().find(focus, None, Key::ctrl('c'));
            assert_eq!(found, Found::Action(Action::Quit), "{focus:?}");
        }
    }
}
