//! State and rules, pure: [`App::update`] takes a [`Message`] and the time, and gives back [`Effect`]s as data.

pub mod action;
mod ahead;
mod autoplay;
pub mod choices;
mod clock;
pub mod columns;
mod copy;
pub mod criteria;
pub mod deliveries;
pub mod detail;
pub mod effect;
pub mod filter;
mod follow;
pub mod frame;
mod goto;
pub mod history;
pub mod ids;
pub mod input;
pub mod jobs;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod link;
mod listen;
pub mod marks;
pub mod mask;
pub mod message;
pub mod moment;
pub mod notice;
pub mod overlay;
pub mod pace;
pub mod palette;
mod perform;
pub mod picks;
pub mod player;
mod pointer;
mod preferences;
pub mod profiles;
pub mod queue;
mod scroll;
pub mod search;
pub mod setup;
pub mod shell;
pub mod sides;
pub mod sort;
pub mod statistics;
pub mod status;
pub mod table;
pub mod text;
pub mod theme;
pub mod ticket;
pub mod toml;
mod update;
pub mod views;
mod walk;
pub mod when;
pub mod words;
pub mod zone;

pub use action::Action;
pub use criteria::Criteria;
pub use effect::{Effect, Priority};
pub use frame::FrameMap;
pub use history::History;
pub use ids::{Ids, JobId, RequestId, TimerId};
pub use key::{Key, KeyCode};
pub use message::{Api, Input, Message, Mouse, MouseKind, Signal};
pub use overlay::Overlay;
pub use scroll::detail_columns;
pub use setup::{Preferences, Setup};
pub use table::Rows;
pub use theme::Theme;

use std::ops::Range;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::plivo::RecordingId;

use choices::Settled;
use columns::Columns;
use deliveries::Deliveries;
use detail::Detail;
use follow::Sought;
use history::Look;
use jobs::Jobs;
use keymap::{Context, Keymap};
use layout::{Layout, Panes};
use marks::Marks;
use mask::Mask;
use notice::Notices;
use picks::Picks;
use player::Player;
use profiles::Opening;
use queue::Queue;
use queue::draw::Draw;
use search::Needle;
use sort::Sorting;
use table::Table;
use theme::Colours;
use views::View;
use zone::Zone;

/// The time as the loop saw it when the message came; nothing in `app` or `ui` reads a clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Now {
    pub mono: Instant,
    pub wall: DateTime<Utc>,
}

/// The terminal's size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// The pane that the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    #[default]
    List,
    Detail,
}

impl Focus {
    pub fn context(self) -> Context {
        match self {
            Self::List => Context::List,
            Self::Detail => Context::Detail,
        }
    }
}

/// Why the list is on its way to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The user asked for the place.
    Asked,
    /// A refresh goes back to where the reader was.
    Return,
}

/// The whole state. Changed by [`App::update`] only, drawn by [`crate::ui::draw`].
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    pub(crate) account: String,
    pub(crate) auth_id: String,
    profile: Option<String>,
    /// Another profile whose token is on its way.
    opening: Option<Opening>,
    pub(crate) demo: bool,
    /// Why there is nothing to browse: the first-run screen.
    pub(crate) missing: Option<String>,
    pub(crate) mouse: bool,
    pub(crate) theme: Theme,
    pub(crate) colours: Colours,
    pub(crate) columns: Columns,
    /// Those of the configuration, to see when they change there.
    configured: Columns,
    /// By name.
    views: Vec<View>,
    /// The file they are saved in, as it is shown.
    views_file: Option<String>,
    /// The order of a view whose rows are on their way.
    order_wanted: Option<(sort::Column, bool)>,
    pub(crate) size: Size,
    /// What `T` goes through.
    zones: Vec<Zone>,
    pub(crate) zone: Zone,
    pub(crate) mask: Mask,
    pub(crate) criteria: Criteria,
    /// When the range in effect was worked out.
    pub(crate) planned: DateTime<Utc>,
    pub(crate) keymap: Keymap,
    ids: Ids,
    /// `None` on the first-run screen.
    pub(crate) history: Option<History>,
    pub(crate) sorting: Option<Sorting>,
    pub(crate) queue: Option<Queue>,
    /// A sample that is being drawn of the list.
    draw: Option<Draw>,
    pub(crate) table: Table,
    pub(crate) picks: Picks,
    pub(crate) jobs: Jobs,
    pub(crate) needle: Option<Needle>,
    pub(crate) detail: Detail,
    pub(crate) focus: Focus,
    pub(crate) overlay: Option<Overlay>,
    /// The first of two keys was pressed.
    lead: Option<Key>,
    notices: Notices,
    pub(crate) deliveries: Deliveries,
    pub(crate) player: Player,
    pub(crate) marks: Marks,
    /// What was said before anything was chosen; `None` once that has been compared with what was chosen before.
    settled: Option<Settled>,
    /// Why what is heard is not in the audit log.
    unlogged: Option<String>,
    /// Nothing is sent before this.
    throttled: Option<Instant>,
    /// What the API's clock shows more than this machine's.
    clock_ahead: TimeDelta,
    awaited: Option<Awaited>,
    /// Other recordings were asked for: the reader starts at the first row unless the same recording is found again.
    fresh: bool,
    /// A row to play as soon as it is loaded.
    play_when_loaded: Option<usize>,
    /// A recording that a link named and the list has not loaded.
    sought: Option<Sought>,
    /// The recording whose follower was fetched ahead.
    fetched_ahead_of: Option<RecordingId>,
    /// What the bar shows that is held by the mouse.
    dragging: Option<Range<Duration>>,
    looked: Option<Look>,
    map: FrameMap,
}

impl App {
    /// The app as it starts, and the first requests.
    pub fn new(setup: Setup, now: Now) -> (Self, Vec<Effect>) {
        let mut zones = vec![Zone::Utc];
        for zone in [setup.zone, setup.local] {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        let browsing = setup.missing.is_none();
        let preferences = setup.preferences;
        let player = Player::new(&setup.start, &preferences);
        let view = setup.view;
        let view_columns = view.as_ref().and_then(|view| view.columns.clone());
        let mut app = Self {
            account: setup.account,
            auth_id: setup.auth_id,
            profile: setup.profile,
            opening: None,
            demo: setup.demo,
            missing: setup.missing,
            mouse: setup.mouse,
            size: setup.size,
            zones,
            zone: setup.zone,
            mask: Mask::new(setup.masked, setup.mask_salt),
            criteria: setup.criteria,
            planned: now.wall,
            theme: preferences.theme,
            colours: preferences.colours,
            columns: view_columns.unwrap_or_else(|| preferences.columns.clone()),
            configured: preferences.columns.clone(),
            views: preferences.views.clone(),
            views_file: setup.views_file.filter(|_| !setup.demo),
            order_wanted: None,
            keymap: preferences.keymap.clone(),
            ids: setup.ids,
            history: None,
            sorting: None,
            queue: None,
            draw: setup.sample.map(Draw::new),
            table: Table::default(),
            picks: Picks::default(),
            jobs: Jobs::new(preferences.downloads.clone()),
            needle: None,
            detail: Detail::default(),
            focus: Focus::default(),
            overlay: None,
            lead: None,
            notices: Notices::default(),
            deliveries: Deliveries::new(setup.callbacks),
            player,
            marks: Marks::new(setup.marks),
            settled: Some(setup.settled),
            unlogged: None,
            throttled: None,
            clock_ahead: TimeDelta::zero(),
            awaited: None,
            fresh: false,
            play_when_loaded: None,
            sought: None,
            fetched_ahead_of: None,
            dragging: None,
            looked: None,
            map: FrameMap::default(),
        };
        let mut effects = app.player.starting();
        if browsing {
            effects.extend(app.open_marks());
            effects.extend(app.list_anew(now));
            app.order_wanted = view.and_then(|view| view.order);
            if app.history.is_none() {
                app.open_filter(now);
            }
        }
        effects.extend(app.settle(now));
        app.deliveries.follow(&effects, now);
        (app, effects)
    }

    /// Where the last drawing put things, for the mouse.
    pub fn set_map(&mut self, map: FrameMap) {
        self.map = map;
    }

    /// The row under the cursor; 0 in an empty list.
    pub fn cursor(&self) -> usize {
        self.table.cursor
    }

    /// The terminal's size as it was last told.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What the terminal is asked for.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// The panes as they are now; `None` when the terminal is too small for any.
    pub fn layout(&self) -> Option<Layout> {
        self.layout_in(self.size)
    }

    /// The panes as they would be in a terminal of another size.
    pub fn layout_in(&self, size: Size) -> Option<Layout> {
        let panes = Panes {
            detail: self.detail.wish,
            player: self.player.subject().is_some(),
            job: self.jobs.shown().is_some(),
        };
        Layout::of(size, panes)
    }

    /// The file that views are saved in, as it is shown; `None`: they can only be copied.
    pub fn views_file(&self) -> Option<&str> {
        self.views_file.as_deref()
    }

    /// The rows as they are shown.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            history: self.history.as_ref(),
            queue: self.shown_queue(),
            sorting: self.sorting.as_ref(),
        }
    }
}
