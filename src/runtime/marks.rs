//! The file that holds marks: opened when the app asks, for the account that is browsed.

use std::path::PathBuf;

use tokio::sync::mpsc;

use crate::app::Message;
use crate::plivo::Client;
use crate::store::{AccountKey, Change, Keeper, Told};

/// The way to the file.
#[derive(Debug)]
pub struct Marks {
    /// `None`: there is no place for a file.
    path: Option<PathBuf>,
    /// `None`: the embedded account, of which nothing is kept.
    account: Option<AccountKey>,
    keeper: Option<Keeper>,
    tell: mpsc::Sender<Message>,
}

impl Marks {
    pub fn new(path: Option<PathBuf>, tell: mpsc::Sender<Message>) -> Self {
        Self {
            path,
            account: None,
            keeper: None,
            tell,
        }
    }

    /// Whose marks are meant from now on.
    pub fn serve(&mut self, account: Option<AccountKey>) {
        self.keeper = None;
        self.account = account;
    }

    /// What is in the file is told. Nothing is opened before.
    pub fn open(&mut self, create: bool) {
        let (Some(path), Some(account)) = (&self.path, &self.account) else {
            return;
        };
        let first = self.keeper.is_none();
        if first {
            let tell = self.tell.clone();
            let keeper = Keeper::spawn(path.clone(), move |told| {
                // The loop has ended when nobody listens.
                let _ = tell.blocking_send(Message::Marks(told));
            });
            match keeper {
                Ok(keeper) => self.keeper = Some(keeper),
                Err(error) => {
                    return self.tell(Told::Failed(format!("marks are not kept: {error}")));
                }
            }
        }
        let opened = self
            .keeper
            .as_ref()
            .map(|keeper| keeper.open(account.clone(), create));
        if let Some(Err(unheard)) = opened {
            let words = unheard.to_string();
            self.tell(match first {
                true => Told::Failed(words),
                false => Told::Unread(words),
            });
        }
    }

    pub fn keep(&mut self, changes: Vec<Change>) {
        if let Some(Err(unheard)) = self.keeper.as_ref().map(|keeper| keeper.change(changes)) {
            self.tell(Told::Unkept(unheard.to_string()));
        }
    }

    fn tell(&self, told: Told) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let _ = tell.send(Message::Marks(told)).await;
        });
    }
}

/// The account as its marks are kept.
pub fn account_key(client: &Client) -> AccountKey {
    let base = client.base();
    let host = (!base.is_default()).then(|| base.host());
    AccountKey::new(client.credentials().id().as_str(), host.as_deref())
}
