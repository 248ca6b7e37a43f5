//! Recordings into one file, in the forms of `callreel list`.

use std::path::PathBuf;

use futures_util::StreamExt;

use super::{Desk, end, recordings};
use crate::app::jobs::{Came, End, Form, How, Told};
use crate::app::picks::Chosen;
use crate::archive::blocking;
use crate::plivo::Client;
use crate::rows::{self, Writer};
use crate::runtime::file::{NewFile, Refused};

/// Rows are written in blocks of about this many bytes.
const BLOCK: usize = 64 << 10;

/// `None`: a file is there already, and nothing was begun.
pub(super) async fn run(
    desk: &Desk,
    client: Client,
    chosen: Chosen,
    (path, form, replace): (PathBuf, Form, bool),
) -> Option<End> {
    let shown = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
    let shown = shown.display().to_string();
    let failed = |why: String, rows| {
        let came = Came::Exported { rows };
        Some(end(came, String::new(), How::Failed(why)))
    };
    let mut file = match blocking(move || Ok(NewFile::begin(&path, replace))).await {
        Ok(Ok(file)) => file,
        Ok(Err(Refused::Exists(_))) => {
            desk.tell(Told::Exists).await;
            return None;
        }
        Ok(Err(refused)) => return failed(refused.to_string(), 0),
        Err(error) => return failed(error.to_string(), 0),
    };
    let form = match form {
        Form::Csv => rows::Form::Csv,
        Form::Tsv => rows::Form::Tsv,
        Form::Json => rows::Form::Json,
        Form::Ndjson => rows::Form::Ndjson,
    };
    let work = async {
        let mut writer = Writer::new(form, false);
        let mut block = Vec::new();
        let mut rows = recordings(client, chosen, &desk.far);
        loop {
            let next = tokio::select! {
                biased;
                () = desk.stop() => return Err(How::Stopped),
                next = rows.next() => next,
            };
            match next {
                Some(Ok(row)) => {
                    writer.row(&row, &mut block);
                    desk.far().done += 1;
                }
                Some(Err(stopped)) => return Err(How::Failed(stopped.to_string())),
                None => {
                    writer.foot(&mut block);
                    file = put(file, block).await?;
                    return blocking(move || Ok(file.finish()))
                        .await
                        .map_err(|error| How::Failed(error.to_string()))?
                        .map_err(|refused| How::Failed(refused.to_string()));
                }
            }
            if block.len() >= BLOCK {
                file = put(file, std::mem::take(&mut block)).await?;
            }
        }
    };
    let ended = desk.watch(|| None, work).await;
    let rows = desk.far().done;
    let came = |rows| Came::Exported { rows };
    Some(match ended {
        Ok(()) => end(came(rows), shown, How::Complete),
        // A part would be taken for the whole: there is no file.
        Err(how) => end(came(0), "no file was written".to_owned(), how),
    })
}

async fn put(mut file: NewFile, block: Vec<u8>) -> Result<NewFile, How> {
    let written = blocking(move || Ok(file.put(&block).map(|()| file)));
    match written.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(refused)) => Err(How::Failed(refused.to_string())),
        Err(error) => Err(How::Failed(error.to_string())),
    }
}
