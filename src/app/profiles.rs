//! The accounts of the configuration, and going from one to another.
//!
//! What is on the screen stays until the other account's token is there: it may come from a program that asks for a password. Then
//! everything begins anew, so that nothing of one account is ever shown or asked for as the other's.

use super::choices::Settled;
use super::marks::Keeping;
use super::player::Start;
use super::setup::{Preferences, Setup};
use super::{App, Criteria, Effect, Now, Overlay, RequestId};

/// A profile as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    /// As far as it may be shown; `None`: nothing tells it before the token is asked for.
    pub auth_id: Option<String>,
}

/// The open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosing {
    request: RequestId,
    /// `None` until they were read.
    pub profiles: Option<Vec<Profile>>,
    pub chosen: usize,
}

/// May what plays, or is remembered for this run only, end for this profile?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changing {
    pub name: String,
    pub plays: bool,
    pub forgets: bool,
}

/// A profile whose token is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    request: RequestId,
    pub(super) name: String,
    /// What was known to end with this account when its opening was asked for.
    ends: Ends,
}

/// What ends with the account that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    plays: bool,
    forgets: bool,
}

/// Another account, ready to be browsed: what its profile says.
#[derive(Debug, Clone, PartialEq)]
pub struct Another {
    pub profile: String,
    pub masked: bool,
    pub start: Start,
    pub settled: Settled,
    pub preferences: Preferences,
}

impl App {
    /// The profile in use.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    pub(super) fn open_profiles(&mut self, now: Now) -> Vec<Effect> {
        if self.demo {
            let words = "the demo is one account: profiles are for real ones";
            self.notices.info(words, now.mono);
            return Vec::new();
        }
        if self.deliveries.is_possible() {
            let words =
                "answers come by callback to this account: start anew with --profile for another";
            self.notices.info(words, now.mono);
            return Vec::new();
        }
        let request = self.ids.request();
        self.overlay = Some(Overlay::Profiles(Choosing {
            request,
            profiles: None,
            chosen: 0,
        }));
        vec![Effect::ReadProfiles(request)]
    }

    /// What `Effect::ReadProfiles` found.
    pub(super) fn profiles_came(
        &mut self,
        request: RequestId,
        profiles: Result<Vec<Profile>, String>,
        now: Now,
    ) {
        let Some(Overlay::Profiles(choosing)) = &mut self.overlay else {
            return;
        };
        if choosing.request != request {
            return;
        }
        match profiles {
            Ok(profiles) if profiles.is_empty() => {
                self.overlay = None;
                let words = "there are no profiles: `callreel auth add NAME` adds one";
                self.notices.info(words, now.mono);
            }
            Ok(profiles) => {
                let in_use = self.profile.as_ref();
                let here = profiles
                    .iter()
                    .position(|profile| Some(&profile.name) == in_use);
                choosing.chosen = here.unwrap_or(0);
                choosing.profiles = Some(profiles);
            }
            Err(words) => {
                self.overlay = None;
                self.notices.trouble(words, now.mono);
            }
        }
    }

    /// Up and down in the list.
    pub(super) fn choose_profile(&mut self, by: isize) {
        if let Some(Overlay::Profiles(choosing)) = &mut self.overlay {
            let all = choosing.profiles.as_ref().map_or(0, Vec::len);
            let last = all.saturating_sub(1);
            choosing.chosen = choosing.chosen.saturating_add_signed(by).min(last);
        }
    }

    /// Enter in the list.
    pub(super) fn go_to_profile(&mut self, choosing: Choosing, now: Now) -> Vec<Effect> {
        let profiles = choosing.profiles.as_deref().unwrap_or_default();
        let Some(profile) = profiles.get(choosing.chosen) else {
            // They are being read.
            self.overlay = Some(Overlay::Profiles(choosing));
            return Vec::new();
        };
        let name = profile.name.clone();
        if self.profile.as_ref() == Some(&name) {
            let words = format!("{} is in use", self.mask.account(&name));
            self.notices.info(words, now.mono);
            return Vec::new();
        }
        if self.is_at_work(now) {
            return Vec::new();
        }
        let Ends { plays, forgets } = self.ends();
        if plays || forgets {
            self.overlay = Some(Overlay::ChangeProfile(Changing {
                name,
                plays,
                forgets,
            }));
            return Vec::new();
        }
        self.open_profile(name)
    }

    fn ends(&self) -> Ends {
        Ends {
            plays: self.player.is_playing(),
            forgets: self.marks.are_for_this_run() || self.picks.is_unused(),
        }
    }

    /// Whether something would end that was not there when the change was wanted: a token may take a minute to come. That is said.
    fn is_busier(&mut self, opening: &Opening, now: Now) -> bool {
        let (before, ends) = (opening.ends, self.ends());
        let more = ends.plays && !before.plays || ends.forgets && !before.forgets;
        if !more && self.overlay.is_none() {
            return false;
        }
        let name = self.mask.account(&opening.name);
        let words =
            format!("{name} is ready, but what began here meanwhile would end: choose it again");
        self.notices.info(words, now.mono);
        true
    }

    /// What works on recordings of this account has to end first; that is said.
    fn is_at_work(&mut self, now: Now) -> bool {
        let Some(job) = self.jobs.running() else {
            return false;
        };
        let words = format!("a {} is under way here: let it end first", job.kind.name());
        self.notices.info(words, now.mono);
        true
    }

    /// The answer to the question.
    pub(super) fn answer_change(&mut self, yes: bool) -> Vec<Effect> {
        match self.overlay.take() {
            Some(Overlay::ChangeProfile(changing)) if yes => self.open_profile(changing.name),
            Some(Overlay::ChangeProfile(_)) => Vec::new(),
            other => {
                self.overlay = other;
                Vec::new()
            }
        }
    }

    fn open_profile(&mut self, name: String) -> Vec<Effect> {
        let mut effects = self.give_up_opening();
        let request = self.ids.request();
        self.opening = Some(Opening {
            request,
            name: name.clone(),
            ends: self.ends(),
        });
        effects.push(Effect::OpenProfile { request, name });
        effects
    }

    /// Nobody waits for another account any more.
    pub(super) fn give_up_opening(&mut self) -> Vec<Effect> {
        let opening = self.opening.take();
        let cancel = |opening: Opening| Effect::Cancel(opening.request);
        opening.map(cancel).into_iter().collect()
    }

    /// The other account can be browsed, or why it cannot.
    pub(super) fn profile_opened(
        &mut self,
        request: RequestId,
        opened: Result<(), String>,
        now: Now,
    ) -> Vec<Effect> {
        let opening = self.opening.take_if(|opening| opening.request == request);
        let Some(opening) = opening else {
            return Vec::new();
        };
        match opened {
            // It began while the token was waited for.
            Ok(()) if self.is_at_work(now) || self.is_busier(&opening, now) => {
                vec![Effect::Cancel(request)]
            }
            Ok(()) => vec![Effect::ChangeAccount(request)],
            Err(words) => {
                let name = &opening.name;
                let shown = format!("profile {}", self.mask.account(name));
                let words = words.replace(&format!("profile {name}"), &shown);
                self.notices.trouble(words, now.mono);
                Vec::new()
            }
        }
    }

    /// What the next app is started with, for another account. The dates stay, and so do the zone, a mask that is on, and what was
    /// chosen by keys of how it is heard; filters name calls and numbers of this account, and go.
    ///
    /// `setup` is what this one was started with. Ids go on where they are, so that no answer to this one is taken for an answer to
    /// the next.
    pub fn for_another(&self, setup: Setup, another: Another) -> Setup {
        let chosen = self.player.choices();
        let was = setup.start;
        let mut start = another.start;
        let mut settled = another.settled;
        if chosen.volume != was.volume {
            (start.volume, settled.volume) = (chosen.volume, true);
        }
        let (now, before) = (chosen.speech, was.speech);
        if now.speed != before.speed {
            (start.speech.speed, settled.speed) = (now.speed, true);
        }
        if now.skip != before.skip {
            (start.speech.skip, settled.skip) = (now.skip, true);
        }
        if now.level != before.level {
            (start.speech.level, settled.level) = (now.level, true);
        }
        Setup {
            account: another.profile.clone(),
            profile: Some(another.profile),
            missing: None,
            criteria: Criteria {
                from: self.criteria.from.clone(),
                to: self.criteria.to.clone(),
                ..Criteria::last_30_days()
            },
            view: None,
            sample: None,
            zone: self.zone,
            masked: another.masked || self.mask.on,
            marks: match self.marks.keeping() {
                // The other account's part of the file is yet to be read.
                Keeping::Open => Keeping::Opening,
                keeping => keeping.clone(),
            },
            start,
            settled,
            preferences: another.preferences,
            ids: self.ids.clone(),
            ..setup
        }
    }
}
