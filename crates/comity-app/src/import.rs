//! Reads a file of posts through the `archive` connector, in pieces of whole lines.

use crate::{
    App, AppError,
    connections::{ConnectionInput, Runtime, sentence},
};
use comity_domain::audit::Actor;
use comity_plugin_host::RejectedLine;
use comity_store::IngestOutcome;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// The connector that reads files, and the name of the connection made for it.
const ARCHIVE: &str = "archive";
const CONNECTION_NAME: &str = "Imported files";

/// Size and lines of one piece; a longer line is a piece of its own.
const PIECE_BYTES: usize = 256 * 1024;
const PIECE_LINES: u32 = 500;
/// The longest line.
pub const LONGEST_LINE: usize = 1024 * 1024;
/// Problems listed in a report; the rest is only counted.
pub const MOST_PROBLEMS: usize = 1_000;

/// Every line is accounted for: `read = stored + duplicates + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub read: u64,
    pub stored: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// Cases that the file's posts belong to.
    pub cases: u64,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub line: u32,
    pub reason: String,
}

/// What is known while an import runs.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub bytes: u64,
    pub lines: u64,
}

struct Piece {
    first_line: u32,
    lines: u32,
    content: Vec<u8>,
}

impl App {
    /// Stores the posts of a file; deciding about them goes on afterwards.
    pub async fn import(
        &self,
        mut input: impl AsyncBufRead + Unpin + Send,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<ImportReport, AppError> {
        let runtime = self.archive().await?;
        let mut report = ImportReport::default();
        let mut cases = BTreeSet::new();
        let mut next_line = 1;
        let mut bytes = 0;
        while let Some(piece) = read_piece(&mut input, next_line, &mut report).await? {
            next_line = piece.first_line + piece.lines;
            bytes += piece.content.len() as u64;
            self.import_piece(&runtime, piece, &mut report, &mut cases).await?;
            progress(Progress { bytes, lines: report.read });
        }
        report.cases = cases.len() as u64;
        Ok(report)
    }

    async fn import_piece(
        &self,
        runtime: &Runtime,
        piece: Piece,
        report: &mut ImportReport,
        cases: &mut BTreeSet<comity_domain::CaseId>,
    ) -> Result<(), AppError> {
        let context = runtime.context(self.clock.now());
        let mut output = runtime.plugin.read_file(context, piece.first_line, piece.content).await;
        let left = runtime.absorb(self, &mut output)?;
        let read = output?.result.map_err(|error| AppError::Connector { message: sentence(&error), advice: None })?;
        for RejectedLine { line, reason } in read.rejected {
            report.reject(line, reason);
        }
        let events = read.events.len() as u64;
        let IngestOutcome { stored, duplicates, cases: touched, .. } =
            self.ingest(runtime.batch(self, read.events, None, left)).await?;
        report.read += events;
        report.stored += stored as u64;
        report.duplicates += duplicates as u64;
        cases.extend(touched);
        Ok(())
    }

    /// The connection that imported posts belong to, made on first use.
    async fn archive(&self) -> Result<Arc<Runtime>, AppError> {
        let connections = self.store.connections(self.organization).await?;
        if let Some(connection) = connections.into_iter().find(|connection| connection.connector == ARCHIVE) {
            return self.runtime(connection.id).await;
        }
        let input = ConnectionInput {
            connector: ARCHIVE.into(),
            name: CONNECTION_NAME.into(),
            config: serde_json::json!({}),
            ..ConnectionInput::default()
        };
        let made = self.create_connection(input, &Actor::System).await?;
        self.runtime(made.connection.id).await
    }
}

impl ImportReport {
    fn reject(&mut self, line: u32, reason: String) {
        self.read += 1;
        self.rejected += 1;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { line, reason });
        }
    }
}

/// The next whole lines. A line that is too long is reported and passed over.
async fn read_piece(
    input: &mut (impl AsyncBufRead + Unpin),
    first_line: u32,
    report: &mut ImportReport,
) -> Result<Option<Piece>, AppError> {
    let mut piece = Piece { first_line, lines: 0, content: Vec::new() };
    while piece.lines < PIECE_LINES && piece.content.len() < PIECE_BYTES {
        let start = piece.content.len();
        let (length, cut) = read_line(input, &mut piece.content).await?;
        if length == 0 {
            break;
        }
        piece.lines += 1;
        if cut {
            // An empty line keeps the numbers of the lines after it right.
            piece.content.truncate(start);
            piece.content.push(b'\n');
            let reason = format!("the line is longer than {} KiB", LONGEST_LINE / 1024);
            report.reject(first_line + piece.lines - 1, reason);
        }
    }
    Ok((piece.lines > 0).then_some(piece))
}

/// Reads up to and including a line feed; at most [`LONGEST_LINE`] bytes of it are kept. Returns how many bytes there were and
/// whether some were left out.
async fn read_line(input: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> Result<(usize, bool), AppError> {
    let (mut length, mut cut) = (0, false);
    loop {
        let failed = |error| AppError::invalid("", format!("the file cannot be read any further: {error}"));
        let available = input.fill_buf().await.map_err(failed)?;
        let (end, part) = match available.iter().position(|&byte| byte == b'\n') {
            Some(at) => (true, &available[..=at]),
            None => (available.is_empty(), available),
        };
        cut |= length + part.len() > LONGEST_LINE;
        if !cut {
            line.extend_from_slice(part);
        }
        let used = part.len();
        length += used;
        input.consume(used);
        if end {
            return Ok((length, cut));
        }
    }
}
