//! The bindings callreel comes with.

use super::{Action, Binding, Chord, Context};
use crate::app::key::{Key, KeyCode};

pub(super) fn bindings() -> Vec<Binding> {
    let mut bindings = Vec::new();
    let mut bind = |context, keys: &[Key], action| {
        bindings.extend(keys.iter().map(|key| Binding {
            context,
            chord: Chord::One(*key),
            action,
        }));
    };
    moves(&mut bind);
    listening(&mut bind);
    reviewing(&mut bind);
    choosing(&mut bind);
    several(&mut bind);
    the_rest(&mut bind);
    // Behind Esc, which the footer names.
    bind(
        Context::Moments,
        &[Key::char('q'), Key::char('\'')],
        Action::Back,
    );
    bind(
        Context::Choosing,
        &[
            Key::char('q'),
            Key::char('C'),
            Key::char('V'),
            Key::char('P'),
        ],
        Action::Back,
    );
    for (second, action) in [
        ('i', Action::CopyId),
        ('u', Action::CopyUrl),
        ('c', Action::CopyCall),
        ('t', Action::CopyMoment),
        ('s', Action::CopyTicket),
    ] {
        let chord = Chord::Two(Key::char('y'), Key::char(second));
        bindings.push(Binding {
            context: Context::Browse,
            chord,
            action,
        });
    }
    bindings
}

/// The list, the detail pane and what is read move by the same keys.
fn moves(bind: &mut impl FnMut(Context, &[Key], Action)) {
    for context in [
        Context::List,
        Context::Detail,
        Context::Reading,
        Context::Moments,
        Context::Choosing,
    ] {
        bind(
            context,
            &[Key::char('j'), plain(KeyCode::Down)],
            Action::RowDown,
        );
        bind(
            context,
            &[Key::char('k'), plain(KeyCode::Up)],
            Action::RowUp,
        );
        bind(
            context,
            &[Key::char('g'), plain(KeyCode::Home)],
            Action::First,
        );
        bind(
            context,
            &[Key::char('G'), plain(KeyCode::End)],
            Action::Last,
        );
        bind(
            context,
            &[plain(KeyCode::PageDown), Key::ctrl('f')],
            Action::ScreenDown,
        );
        bind(
            context,
            &[plain(KeyCode::PageUp), Key::ctrl('b')],
            Action::ScreenUp,
        );
        bind(context, &[Key::ctrl('d')], Action::HalfDown);
        bind(context, &[Key::ctrl('u')], Action::HalfUp);
    }
    let typing = Context::Typing;
    bind(
        typing,
        &[plain(KeyCode::Down), Key::ctrl('n'), plain(KeyCode::Tab)],
        Action::RowDown,
    );
    bind(
        typing,
        &[plain(KeyCode::Up), Key::ctrl('p'), plain(KeyCode::BackTab)],
        Action::RowUp,
    );
}

fn listening(bind: &mut impl FnMut(Context, &[Key], Action)) {
    let context = Context::Browse;
    bind(context, &[plain(KeyCode::Enter)], Action::Play);
    bind(
        context,
        &[Key::char(' '), Key::char('p')],
        Action::TogglePause,
    );
    bind(context, &[Key::char('z')], Action::Stop);
    bind(context, &[Key::char('J')], Action::PlayRowBelow);
    bind(context, &[Key::char('K')], Action::PlayRowAbove);
    bind(context, &[Key::char('>')], Action::PlayNext);
    bind(context, &[Key::char('<')], Action::PlayPrevious);
    bind(
        context,
        &[plain(KeyCode::Left), Key::char('h')],
        Action::Seek(-5),
    );
    bind(
        context,
        &[plain(KeyCode::Right), Key::char('l')],
        Action::Seek(5),
    );
    bind(
        context,
        &[Key::shift(KeyCode::Left), Key::char('H')],
        Action::Seek(-30),
    );
    bind(
        context,
        &[Key::shift(KeyCode::Right), Key::char('L')],
        Action::Seek(30),
    );
    bind(context, &[Key::char(',')], Action::Seek(-1));
    bind(context, &[Key::char('.')], Action::Seek(1));
    for (tenth, digit) in ('0'..='9').enumerate() {
        bind(context, &[Key::char(digit)], Action::Tenth(tenth as u8));
    }
    bind(context, &[Key::char('t')], Action::GoToTime);
    bind(context, &[Key::char('u')], Action::UndoJump);
    bind(context, &[Key::char('a')], Action::Loop);
    bind(context, &[Key::char('R')], Action::Autoplay);
    bind(context, &[Key::char('(')], Action::PreviousTurn);
    bind(context, &[Key::char(')')], Action::NextTurn);
    bind(context, &[Key::char('+'), Key::char('=')], Action::Louder);
    bind(context, &[Key::char('-')], Action::Quieter);
    bind(context, &[Key::char('m')], Action::Mute);
    bind(context, &[Key::char('[')], Action::Slower);
    bind(context, &[Key::char(']')], Action::Faster);
    bind(context, &[Key::char('\\')], Action::NormalSpeed);
    bind(context, &[Key::char('s')], Action::SkipSilence);
    bind(context, &[Key::char('e')], Action::LevelVoices);
    bind(context, &[Key::char('c')], Action::Channel);
    bind(context, &[Key::char('W')], Action::SwapSides);
    bind(context, &[Key::char('{')], Action::LeftLouder);
    bind(context, &[Key::char('}')], Action::RightLouder);
}

fn reviewing(bind: &mut impl FnMut(Context, &[Key], Action)) {
    let context = Context::Browse;
    bind(context, &[Key::char('v')], Action::Review);
    bind(context, &[Key::char('b')], Action::Bookmark);
    bind(context, &[Key::char('B')], Action::Note);
    bind(context, &[Key::char('\'')], Action::Moments);
    for context in [
        Context::Browse,
        Context::Reading,
        Context::Typing,
        Context::Moments,
        Context::Choosing,
        Context::Asking,
        Context::Leaving,
    ] {
        bind(context, &[plain(KeyCode::F(7))], Action::Seek(-3));
        bind(context, &[plain(KeyCode::F(8))], Action::TogglePause);
        bind(context, &[plain(KeyCode::F(9))], Action::Seek(3));
    }
    let context = Context::Moments;
    bind(context, &[plain(KeyCode::Enter)], Action::Accept);
    bind(context, &[Key::char('e')], Action::EditNote);
    bind(
        context,
        &[plain(KeyCode::Delete), Key::char('#')],
        Action::RemoveMoment,
    );
    bind(context, &[Key::char('u')], Action::RestoreMoment);
    bind(context, &[Key::char(' ')], Action::TogglePause);
    bind(Context::Asking, &[Key::char('y')], Action::Yes);
    bind(Context::Asking, &[Key::char('n')], Action::No);
}

fn choosing(bind: &mut impl FnMut(Context, &[Key], Action)) {
    bind(Context::Browse, &[Key::char('C')], Action::Columns);
    bind(Context::Browse, &[Key::char('V')], Action::Views);
    bind(Context::Browse, &[Key::char('P')], Action::Profiles);
    bind(Context::FirstRun, &[Key::char('P')], Action::Profiles);
    let context = Context::Choosing;
    bind(context, &[plain(KeyCode::Enter)], Action::Accept);
    bind(context, &[Key::char(' ')], Action::ShowColumn);
    bind(
        context,
        &[Key::char('J'), Key::shift(KeyCode::Down)],
        Action::ColumnDown,
    );
    bind(
        context,
        &[Key::char('K'), Key::shift(KeyCode::Up)],
        Action::ColumnUp,
    );
    bind(context, &[Key::char('y')], Action::ConfigLines);
    bind(context, &[Key::char('s')], Action::SaveView);
    bind(Context::Asking, &[Key::char('c')], Action::ConfigLines);
}

fn several(bind: &mut impl FnMut(Context, &[Key], Action)) {
    let context = Context::Browse;
    bind(context, &[Key::char('x')], Action::MarkRow);
    bind(context, &[Key::char('X')], Action::MarkRange);
    bind(context, &[Key::char('A')], Action::MarkAll);
    bind(context, &[Key::char('d')], Action::Download);
    bind(
        context,
        &[Key::char('#'), plain(KeyCode::Delete)],
        Action::Delete,
    );
    bind(context, &[Key::char('E')], Action::Export);
    bind(context, &[Key::ctrl('x')], Action::StopJob);
    bind(Context::Leaving, &[Key::char('q')], Action::Quit);
}

fn the_rest(bind: &mut impl FnMut(Context, &[Key], Action)) {
    let context = Context::Browse;
    bind(context, &[Key::char(':')], Action::CommandLine);
    bind(context, &[Key::char('f')], Action::Filter);
    bind(context, &[Key::char('F')], Action::ClearFilters);
    bind(context, &[Key::char('/')], Action::Search);
    bind(context, &[Key::char('n')], Action::SearchNext);
    bind(context, &[Key::char('N')], Action::SearchPrevious);
    bind(context, &[Key::char('o')], Action::Sort);
    bind(context, &[Key::char('O')], Action::SortReverse);
    bind(context, &[Key::char('i')], Action::Detail);
    bind(context, &[Key::char('I')], Action::RawJson);
    bind(context, &[Key::char('w')], Action::Zoom);
    bind(context, &[Key::char('S')], Action::Statistics);
    bind(context, &[Key::char('T')], Action::Zone);
    bind(context, &[Key::char('M')], Action::Mask);
    bind(context, &[Key::char('r')], Action::Refresh);
    bind(context, &[Key::ctrl('r')], Action::Callbacks);
    bind(context, &[plain(KeyCode::Tab)], Action::NextPane);
    bind(context, &[plain(KeyCode::BackTab)], Action::PreviousPane);
    bind(
        Context::Reading,
        &[Key::char('q'), Key::char('?')],
        Action::Back,
    );
    bind(Context::Reading, &[Key::char('r')], Action::Refresh);
    bind(Context::FirstRun, &[Key::char('d')], Action::OpenDemo);
    bind(Context::Typing, &[plain(KeyCode::Enter)], Action::Accept);
    for context in [Context::Browse, Context::FirstRun] {
        bind(context, &[Key::char('?')], Action::Help);
        bind(context, &[Key::char('q')], Action::Quit);
    }
    for context in [
        Context::Browse,
        Context::Reading,
        Context::Typing,
        Context::Moments,
        Context::Choosing,
        Context::Asking,
        Context::Leaving,
        Context::FirstRun,
    ] {
        bind(context, &[Key::ctrl('c')], Action::Quit);
        bind(context, &[Key::ctrl('z')], Action::Suspend);
        bind(context, &[plain(KeyCode::Esc)], Action::Back);
    }
}

fn plain(code: KeyCode) -> Key {
    Key::plain(code)
}
