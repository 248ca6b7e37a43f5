//! Everything a key or the command line can make the app do, by name.

/// One thing to do. A new one is added here, gets a line in [`ACTIONS`], a key in `keymap`, and an arm in `perform`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    RowDown,
    RowUp,
    First,
    Last,
    ScreenDown,
    ScreenUp,
    HalfDown,
    HalfUp,
    CommandLine,
    Play,
    PlayRowBelow,
    PlayRowAbove,
    PlayNext,
    PlayPrevious,
    TogglePause,
    Stop,
    /// Jump by so many seconds.
    Seek(i8),
    /// Jump to so many tenths of the length, 0 to 9.
    Tenth(u8),
    GoToTime,
    UndoJump,
    /// Start, end, off.
    Loop,
    Autoplay,
    /// The waveform: all of it, a minute, ten seconds.
    Zoom,
    PreviousTurn,
    NextTurn,
    /// Who talks how much, and what the sound is like.
    Statistics,
    Louder,
    Quieter,
    Mute,
    /// Both sides of a call, the left alone, the right alone.
    Channel,
    SwapSides,
    LeftLouder,
    RightLouder,
    Slower,
    Faster,
    NormalSpeed,
    SkipSilence,
    LevelVoices,
    /// Done with it; the next one plays.
    Review,
    NotReviewed,
    /// The moment that is heard is kept; with a note.
    Bookmark,
    Note,
    /// The moments of a recording.
    Moments,
    EditNote,
    RemoveMoment,
    RestoreMoment,
    /// May marks be kept in a file?
    KeepMarks,
    Yes,
    No,
    /// The selected row is marked, or not any more.
    MarkRow,
    /// From the row marked last to the cursor.
    MarkRange,
    /// All that the filter lists, then none.
    MarkAll,
    Download,
    /// For good.
    Delete,
    Export,
    /// After what is under way.
    StopJob,
    CopyId,
    CopyUrl,
    CopyCall,
    /// A link to the moment heard.
    CopyMoment,
    /// Lines about that moment for a ticket.
    CopyTicket,
    Filter,
    ClearFilters,
    Search,
    SearchNext,
    SearchPrevious,
    Sort,
    SortReverse,
    /// Between a queue and the whole list.
    Queue,
    /// Which columns the list has.
    Columns,
    /// In the columns: show or hide one, move it.
    ShowColumn,
    ColumnDown,
    ColumnUp,
    /// What would stand in the configuration.
    ConfigLines,
    /// Views: what is listed, in which order and with which columns, under a name.
    Views,
    SaveView,
    /// Another account.
    Profiles,
    Detail,
    RawJson,
    Zone,
    Mask,
    Unmask,
    Refresh,
    NextPane,
    PreviousPane,
    Back,
    Help,
    Log,
    Deliveries,
    /// Answers by callback, or at once.
    Callbacks,
    Suspend,
    Quit,
    /// Take what was typed.
    Accept,
    /// First-run screen only.
    OpenDemo,
}

/// Where help lists an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    List,
    Player,
    Review,
    Several,
    Find,
    Look,
    Program,
}

impl Group {
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::Player,
        Self::Review,
        Self::Several,
        Self::Find,
        Self::Look,
        Self::Program,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::List => "The list",
            Self::Player => "Listening",
            Self::Review => "Reviewing",
            Self::Several => "Several at once",
            Self::Find => "Finding",
            Self::Look => "Looking closer",
            Self::Program => "The program",
        }
    }
}

/// An action as people meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    pub action: Action,
    /// Typed after `:`. One word, the parts joined by hyphens.
    pub name: &'static str,
    /// What it does, in help.
    pub words: &'static str,
    /// One or two words for the footer.
    pub short: &'static str,
    pub group: Group,
}

const fn about(
    action: Action,
    group: Group,
    name: &'static str,
    words: &'static str,
    short: &'static str,
) -> Description {
    Description {
        action,
        name,
        words,
        short,
        group,
    }
}

/// Every action, in the order of help.
pub const ACTIONS: &[Description] = {
    use Action::*;
    use Group::{Find, List, Look, Player, Program, Several};
    &[
        about(RowDown, List, "row-down", "one row down", "down"),
        about(RowUp, List, "row-up", "one row up", "up"),
        about(First, List, "first-row", "newest row", "newest"),
        about(Last, List, "last-row", "oldest row", "oldest"),
        about(
            ScreenDown,
            List,
            "screen-down",
            "a screenful down",
            "page down",
        ),
        about(ScreenUp, List, "screen-up", "a screenful up", "page up"),
        about(
            HalfDown,
            List,
            "half-down",
            "half a screen down",
            "half down",
        ),
        about(HalfUp, List, "half-up", "half a screen up", "half up"),
        about(
            Action::Play,
            Player,
            "play",
            "play the selected recording",
            "play",
        ),
        about(TogglePause, Player, "pause", "pause or go on", "pause"),
        about(Stop, Player, "stop", "stop and unload", "stop"),
        about(
            PlayRowBelow,
            Player,
            "play-row-below",
            "one row down and play it",
            "play below",
        ),
        about(
            PlayRowAbove,
            Player,
            "play-row-above",
            "one row up and play it",
            "play above",
        ),
        about(
            PlayNext,
            Player,
            "play-next",
            "play the row after the one playing",
            "next",
        ),
        about(
            PlayPrevious,
            Player,
            "play-previous",
            "play the row before the one playing",
            "previous",
        ),
        about(Seek(-5), Player, "back-5", "5 s back", "5 s back"),
        about(Seek(5), Player, "forward-5", "5 s forward", "5 s on"),
        about(Seek(-30), Player, "back-30", "30 s back", "30 s back"),
        about(Seek(30), Player, "forward-30", "30 s forward", "30 s on"),
        about(Seek(-3), Player, "back-3", "3 s back", "3 s back"),
        about(Seek(3), Player, "forward-3", "3 s forward", "3 s on"),
        about(Seek(-1), Player, "back-1", "1 s back", "1 s back"),
        about(Seek(1), Player, "forward-1", "1 s forward", "1 s on"),
        about(Tenth(0), Player, "jump-0", "to the start", "start"),
        about(Tenth(1), Player, "jump-10", "to 10 %", "10 %"),
        about(Tenth(2), Player, "jump-20", "to 20 %", "20 %"),
        about(Tenth(3), Player, "jump-30", "to 30 %", "30 %"),
        about(Tenth(4), Player, "jump-40", "to 40 %", "40 %"),
        about(Tenth(5), Player, "jump-50", "to the middle", "50 %"),
        about(Tenth(6), Player, "jump-60", "to 60 %", "60 %"),
        about(Tenth(7), Player, "jump-70", "to 70 %", "70 %"),
        about(Tenth(8), Player, "jump-80", "to 80 %", "80 %"),
        about(Tenth(9), Player, "jump-90", "to 90 %", "90 %"),
        about(
            GoToTime,
            Player,
            "go-to-time",
            "go to a time: 1:23, -30, 50%",
            "go to",
        ),
        about(UndoJump, Player, "undo-jump", "undo the last jump", "undo"),
        about(
            Loop,
            Player,
            "loop",
            "loop: its start, its end, off",
            "loop",
        ),
        about(
            Autoplay,
            Player,
            "autoplay",
            "at the end play the next row, or not",
            "autoplay",
        ),
        about(
            PreviousTurn,
            Player,
            "previous-turn",
            "previous turn of talk",
            "turn before",
        ),
        about(
            NextTurn,
            Player,
            "next-turn",
            "next turn of talk",
            "next turn",
        ),
        about(Louder, Player, "louder", "louder", "louder"),
        about(Quieter, Player, "quieter", "quieter", "quieter"),
        about(Action::Mute, Player, "mute", "sound off or on", "mute"),
        about(Slower, Player, "slower", "slower by 0.1", "slower"),
        about(Faster, Player, "faster", "faster by 0.1", "faster"),
        about(
            NormalSpeed,
            Player,
            "normal-speed",
            "as fast as it was, and back",
            "1.0×",
        ),
        about(
            SkipSilence,
            Player,
            "skip-silence",
            "skip silence: off, mild, strong",
            "skip silence",
        ),
        about(
            LevelVoices,
            Player,
            "level-voices",
            "quiet and loud voices alike",
            "level",
        ),
        about(
            Channel,
            Player,
            "channel",
            "both sides, left only, right only",
            "channel",
        ),
        about(
            SwapSides,
            Player,
            "swap-sides",
            "the sides change ears",
            "swap",
        ),
        about(
            LeftLouder,
            Player,
            "left-louder",
            "left side louder against the right",
            "left louder",
        ),
        about(
            RightLouder,
            Player,
            "right-louder",
            "right side louder against the left",
            "right louder",
        ),
        about(
            Action::Review,
            Group::Review,
            "reviewed",
            "mark as reviewed, and play the next",
            "reviewed",
        ),
        about(
            Bookmark,
            Group::Review,
            "bookmark",
            "keep the moment that is heard",
            "bookmark",
        ),
        about(Note, Group::Review, "note", "keep it with a note", "note"),
        about(
            Moments,
            Group::Review,
            "moments",
            "moments kept of this recording",
            "moments",
        ),
        about(
            NotReviewed,
            Group::Review,
            "not-reviewed",
            "take the mark from the selected row",
            "not reviewed",
        ),
        about(
            KeepMarks,
            Group::Review,
            "keep-marks",
            "keep marks, notes and positions in a file",
            "keep marks",
        ),
        about(
            EditNote,
            Group::Review,
            "edit-note",
            "in the moments: type its note anew",
            "note",
        ),
        about(
            RemoveMoment,
            Group::Review,
            "remove-moment",
            "in the moments: take it away",
            "take away",
        ),
        about(
            RestoreMoment,
            Group::Review,
            "restore-moment",
            "in the moments: bring it back",
            "bring back",
        ),
        about(
            MarkRow,
            Several,
            "mark-row",
            "mark the row, or take its mark away",
            "mark",
        ),
        about(
            MarkRange,
            Several,
            "mark-range",
            "the same for all rows up to the cursor",
            "mark range",
        ),
        about(
            MarkAll,
            Several,
            "mark-all",
            "mark all that the filter lists, or none",
            "mark all",
        ),
        about(
            Download,
            Several,
            "download",
            "download what is marked, else the selected row",
            "download",
        ),
        about(
            Delete,
            Several,
            "delete",
            "delete them for good; a sentence is asked for",
            "delete",
        ),
        about(
            Export,
            Several,
            "export",
            "export them, or all that is listed, to a file",
            "export",
        ),
        about(
            StopJob,
            Several,
            "stop-job",
            "stop a download, deletion or export",
            "stop",
        ),
        about(
            Filter,
            Find,
            "filter",
            "filter by date, number, call",
            "filter",
        ),
        about(
            ClearFilters,
            Find,
            "clear-filters",
            "clear the filters, keep the dates",
            "all calls",
        ),
        about(
            Search,
            Find,
            "search",
            "search the rows that are loaded",
            "search",
        ),
        about(SearchNext, Find, "search-next", "next match", "next match"),
        about(
            SearchPrevious,
            Find,
            "search-previous",
            "previous match",
            "previous match",
        ),
        about(
            Sort,
            Find,
            "sort",
            "sort the loaded rows by the next column",
            "sort",
        ),
        about(
            SortReverse,
            Find,
            "sort-reverse",
            "turn the order round",
            "reverse",
        ),
        about(Views, Find, "views", "saved views", "views"),
        about(
            SaveView,
            Find,
            "save-view",
            "save what is listed as a view",
            "save this one",
        ),
        about(
            Queue,
            Find,
            "queue",
            "between a random queue (--sample) and the whole list",
            "queue",
        ),
        about(
            Columns,
            Look,
            "columns",
            "show, hide and move columns",
            "columns",
        ),
        about(
            ShowColumn,
            Look,
            "show-column",
            "in the columns: show or hide one",
            "show or hide",
        ),
        about(
            ColumnDown,
            Look,
            "column-down",
            "in the columns: move it to the right",
            "to the right",
        ),
        about(
            ColumnUp,
            Look,
            "column-up",
            "in the columns: move it to the left",
            "to the left",
        ),
        about(
            ConfigLines,
            Look,
            "config-lines",
            "copy what the columns are in the configuration",
            "copy line",
        ),
        about(
            Detail,
            Look,
            "detail",
            "show or hide the details",
            "details",
        ),
        about(RawJson, Look, "raw-json", "the API's own answer", "JSON"),
        about(
            Zoom,
            Look,
            "zoom",
            "waveform: all, a minute, ten seconds",
            "zoom",
        ),
        about(
            Statistics,
            Look,
            "statistics",
            "who talks how much, and how it sounds",
            "statistics",
        ),
        about(
            CopyId,
            Look,
            "copy-id",
            "copy the recording's id",
            "copy id",
        ),
        about(
            CopyUrl,
            Look,
            "copy-url",
            "copy the link to its sound",
            "copy link",
        ),
        about(
            CopyCall,
            Look,
            "copy-call-uuid",
            "copy the call's UUID",
            "copy call",
        ),
        about(
            CopyMoment,
            Look,
            "copy-moment",
            "copy a link to the moment heard",
            "copy moment",
        ),
        about(
            CopyTicket,
            Look,
            "copy-ticket",
            "copy lines about it for a ticket",
            "copy ticket",
        ),
        about(Action::Zone, Look, "zone", "times in UTC or local", "zone"),
        about(
            Action::Mask,
            Look,
            "mask",
            "hide or show numbers and names",
            "mask",
        ),
        about(Unmask, Look, "unmask", "show numbers and names", "unmask"),
        about(
            CommandLine,
            Program,
            "command-line",
            "an action by name, a row :120, a page :p7",
            "command",
        ),
        about(
            Refresh,
            Program,
            "refresh",
            "load anew; after an error, try again",
            "refresh",
        ),
        about(
            Profiles,
            Program,
            "profiles",
            "another account of the configuration",
            "profile",
        ),
        about(NextPane, Program, "next-pane", "next pane", "next pane"),
        about(
            PreviousPane,
            Program,
            "previous-pane",
            "previous pane",
            "previous pane",
        ),
        about(Back, Program, "back", "back; never quits", "back"),
        about(Help, Program, "help", "these keys", "keys"),
        about(
            Log,
            Program,
            "log",
            "what happened behind the screen",
            "log",
        ),
        about(
            Deliveries,
            Program,
            "deliveries",
            "what became of answers by callback",
            "deliveries",
        ),
        about(
            Callbacks,
            Program,
            "callbacks",
            "answers by callback, or at once",
            "callbacks",
        ),
        about(
            Suspend,
            Program,
            "suspend",
            "pause and go to the shell; fg comes back",
            "suspend",
        ),
        about(Quit, Program, "quit", "quit", "quit"),
        about(Yes, Program, "yes", "yes", "yes"),
        about(No, Program, "no", "no", "no"),
        about(Accept, Program, "accept", "take what is typed", "go"),
        about(OpenDemo, Program, "demo", "open the demo account", "demo"),
    ]
};

impl Action {
    /// `None` only for an action that was left out of [`ACTIONS`] (a test forbids it for those with a key).
    pub fn description(self) -> Option<&'static Description> {
        ACTIONS.iter().find(|about| about.action == self)
    }

    /// As it is typed after `:` and written in the configuration.
    pub fn name(self) -> &'static str {
        self.description().map_or("", |about| about.name)
    }

    /// The action of this name.
    pub fn named(name: &str) -> Option<Self> {
        let about = ACTIONS.iter().find(|about| about.name == name)?;
        Some(about.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_and_stand_for_one_action_each() {
        for (at, about) in ACTIONS.iter().enumerate() {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(about.name.chars().all(fits), "{}", about.name);
            for other in &ACTIONS[at + 1..] {
                assert_ne!(about.name, other.name);
                assert_ne!(about.action, other.action);
            }
        }
    }
}
