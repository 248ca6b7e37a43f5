//! An account, a configuration and a machine whose every text is somebody else's, and all the screens that show them.

use std::sync::Arc;
use std::time::Duration;

use callreel::app::columns::{Column, Columns};
use callreel::app::deliveries::{Route, Step};
use callreel::app::jobs::{Came, End, How, Told};
use callreel::app::marks::Keeping;
use callreel::app::profiles::Profile;
use callreel::app::views::View;
use callreel::app::{Api, Criteria, Input, Message, Setup, Size};
use callreel::audio::Event;
use callreel::plivo::{CallbackMethod, Error, Recording};
use callreel::store::{self, Kept, Moment};
use serde_json::json;

use crate::account::{Account, noon, recording};
use crate::sitting::{Sitting, played, playing_of, request_of, setup};
use crate::{jobs, profiles};

/// The fields of a recording that are text.
const FIELDS: [&str; 13] = [
    "call_uuid",
    "conference_name",
    "conference_uuid",
    "from_number",
    "monthly_recording_storage_amount",
    "mpc_name",
    "mpc_uuid",
    "recording_format",
    "recording_storage_rate",
    "recording_type",
    "recording_url",
    "resource_uri",
    "to_number",
];

/// Who says what, on which screen.
#[derive(Debug, Clone)]
pub struct World {
    texts: Vec<String>,
    size: Size,
}

impl World {
    /// Each place takes one of the texts, so that one of them is everywhere in turn.
    pub fn new(texts: Vec<String>, size: Size) -> Self {
        Self { texts, size }
    }

    /// Where every text is of plain letters, and longer than there is room for it.
    pub fn plain(size: Size) -> Self {
        Self::new(vec!["plain".repeat(60)], size)
    }

    pub fn says(&self, place: usize) -> String {
        self.texts[place % self.texts.len()].clone()
    }

    pub fn recording(&self, number: usize) -> Recording {
        let mut fields = recording(number).raw;
        for (place, name) in FIELDS.into_iter().enumerate() {
            fields.insert(name.to_owned(), json!(self.says(number + place)));
        }
        if number % 3 == 1 {
            let address = format!("sip:{}@{}", self.says(number), self.says(number + 1));
            fields.insert("to_number".to_owned(), json!(address));
        }
        let id = format!("{}{number}", self.says(number + FIELDS.len()));
        fields.insert("recording_id".to_owned(), json!(id));
        fields.insert(
            self.says(number + 1),
            json!({ self.says(number): [self.says(number + 2)] }),
        );
        Recording::from_json(fields).unwrap()
    }

    pub fn account(&self) -> Account {
        let recordings = (0..30).map(|number| Arc::new(self.recording(number)));
        Account {
            recordings: recordings.collect(),
            fault: None,
        }
    }

    /// The names and texts of the configuration and of the machine. The list is all texts, so that they stand below every box.
    pub fn setup(&self) -> Setup {
        let mut setup = setup(self.size.width, self.size.height);
        let columns = ["conference", "from", "to", "type", "call", "id"];
        setup.preferences.columns = Columns::new(columns).unwrap();
        setup.account = self.says(0);
        setup.auth_id = self.says(1);
        setup.profile = Some(self.name(2));
        setup.views_file = Some(self.says(3));
        let view = View {
            name: "one".parse().unwrap(),
            criteria: self.criteria(),
            order: None,
            columns: None,
        };
        setup.preferences.views = vec![view];
        setup
    }

    pub fn criteria(&self) -> Criteria {
        let mut criteria = Criteria::last_30_days();
        criteria.filter.conference_name = Some(self.says(4));
        criteria.filter.subaccount = Some(self.says(5));
        criteria
    }

    /// The list with these columns, its cursor on a row whose details have come.
    pub fn listing(&self, columns: impl IntoIterator<Item = Column>) -> Sitting {
        let mut setup = self.setup();
        let names = columns.into_iter().map(Column::name);
        setup.preferences.columns = Columns::new(names).unwrap();
        self.begun(setup)
    }

    pub fn begun(&self, setup: Setup) -> Sitting {
        let mut sitting = Sitting::start(setup, self.account());
        sitting.keys("jj");
        sitting.pass(Duration::from_secs(1));
        sitting
    }

    pub fn list(&self, typed: &str) -> Sitting {
        let mut sitting = self.begun(self.setup());
        sitting.keys(typed);
        sitting.pass(Duration::from_secs(1));
        sitting
    }

    pub fn list_and(&self, typed: &str, message: Message) -> Sitting {
        let mut sitting = self.list(typed);
        sitting.send(message);
        sitting
    }

    pub fn playing(&self, typed: &str) -> Sitting {
        let mut sitting = playing_of(self.setup(), self.account());
        sitting.keys(typed);
        sitting
    }

    pub fn heard(&self, event: Event) -> Sitting {
        let mut sitting = self.playing("");
        let (play, _) = played(&sitting)[0];
        sitting.send(Message::Player(play, event));
        sitting
    }

    /// These keys, and then this as if it were pasted.
    pub fn pasted(&self, typed: &str, text: String) -> Sitting {
        self.list_and(typed, Message::Input(Input::Paste(text)))
    }

    /// A list that could not come.
    pub fn failing(&self, fault: Error) -> Sitting {
        let account = Account {
            fault: Some(fault),
            ..self.account()
        };
        Sitting::start(self.setup(), account)
    }

    /// A list that is there, and something newer that could not come.
    pub fn failing_later(&self, typed: &str, fault: Error) -> Sitting {
        let mut sitting = self.begun(self.setup());
        sitting.account.fault = Some(fault);
        sitting.keys(typed);
        sitting.pass(Duration::from_secs(1));
        sitting
    }

    pub fn told(&self, typed: &str, told: Told) -> Sitting {
        let mut sitting = self.playing(typed);
        jobs::tell(&mut sitting, told);
        sitting
    }

    pub fn ended(&self, how: How) -> Told {
        let came = Came::Exported { rows: 3 };
        match jobs::end(came, how) {
            Told::Ended(end) => Told::Ended(End {
                place: self.says(1),
                ..end
            }),
            other => other,
        }
    }

    pub fn planned(&self) -> Told {
        match jobs::planned(2) {
            Told::Planned(mut planned) => {
                planned.receipts = self.says(0);
                Told::Planned(planned)
            }
            other => other,
        }
    }

    pub fn reviewing(&self, marks: Keeping, told: Option<store::Told>, typed: &str) -> Sitting {
        let mut setup = self.setup();
        setup.marks = marks;
        let mut sitting = playing_of(setup, self.account());
        if let Some(told) = told {
            sitting.send(Message::Marks(told));
        }
        sitting.keys(typed);
        sitting
    }

    /// Notes of somebody else, at the recording that plays.
    pub fn noted(&self, typed: &str) -> Sitting {
        let moment = |at| Moment {
            recording: self.recording(2).id,
            at: Duration::from_secs(at),
            note: self.says(at as usize),
            created: noon(),
        };
        let kept = Kept {
            moments: (0..9).map(moment).collect(),
            ..Kept::default()
        };
        let opened = store::Told::Opened(Box::new(kept));
        self.reviewing(Keeping::Opening, Some(opened), typed)
    }

    pub fn delivered(&self) -> Sitting {
        let callbacks = Some(Route {
            shown: self.says(0),
            method: CallbackMethod::Post,
            listens: self.says(1),
        });
        let setup = Setup {
            callbacks,
            ..self.setup()
        };
        let mut sitting = Sitting::start_holding(setup, self.account(), true);
        let request = request_of(&sitting.held.pop_front().unwrap()).unwrap();
        let step = Step::Accepted {
            api_id: self.says(2),
        };
        sitting.send(Message::Api(Api::Callback { request, step }));
        let within = Duration::from_secs(30);
        let result = Err(Error::NotDelivered {
            api_id: self.says(3),
            within,
        });
        sitting.send(Message::Api(Api::Page { request, result }));
        sitting.keys(":deliveries<Enter>");
        sitting
    }

    pub fn profiles(&self, mut sitting: Sitting, found: Result<Vec<Profile>, String>) -> Sitting {
        sitting.keys("P");
        let request = profiles::asked(&sitting).unwrap();
        sitting.send(Message::Profiles {
            request,
            profiles: found,
        });
        sitting
    }

    /// A text that no other account has for its name.
    fn name(&self, place: usize) -> String {
        format!("{}{place}", self.says(place))
    }

    pub fn accounts(&self) -> Vec<Profile> {
        let account = |place| Profile {
            name: self.name(place),
            auth_id: (place % 2 == 0).then(|| self.says(place + 1)),
        };
        (2..9).map(account).collect()
    }
}
