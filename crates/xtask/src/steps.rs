//! Progress that a person can follow: each step says when it starts and how long it took, and a table closes the run.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, bail};

pub struct Steps {
    started: Instant,
    done: Vec<Step>,
}

impl Default for Steps {
    fn default() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }
}

struct Step {
    name: String,
    took: Duration,
    failed: bool,
}

/// A step that runs beside the others; it should write to a log rather than between their lines.
pub struct Beside {
    name: String,
    work: JoinHandle<(Result<()>, Duration)>,
}

impl Beside {
    pub fn start(name: &str, work: impl FnOnce() -> Result<()> + Send + 'static) -> Self {
        eprintln!("==> {name} (beside what follows)");
        let started = Instant::now();
        Self { name: name.to_owned(), work: thread::spawn(move || (work(), started.elapsed())) }
    }
}

impl Steps {
    /// Waits for a step that runs beside, and needs it.
    pub fn join(&mut self, beside: Beside) -> Result<()> {
        let (result, took) = beside.work.join().map_err(|_| anyhow!("{} panicked", beside.name))?;
        self.note(&beside.name, took, result.is_err());
        if result.is_err() {
            self.table();
        }
        result
    }

    /// A step that the later ones need: its failure ends the run.
    pub fn need<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("==> {name}");
        let started = Instant::now();
        let result = work();
        self.note(name, started.elapsed(), result.is_err());
        if result.is_err() {
            self.table();
        }
        result
    }

    /// A step that others do not need: its failure is shown, counted, and the run goes on.
    pub fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        eprintln!("==> {name}");
        let started = Instant::now();
        let result = work();
        self.note(name, started.elapsed(), result.is_err());
        if let Err(error) = result {
            eprintln!("    {error:#}");
        }
    }

    fn note(&mut self, name: &str, took: Duration, failed: bool) {
        eprintln!("    {} {name} ({:.1} s)", if failed { "FAILED" } else { "ok" }, took.as_secs_f64());
        self.done.push(Step { name: name.to_owned(), took, failed });
    }

    /// The closing table; an error when any step failed.
    pub fn finish(self) -> Result<()> {
        self.table();
        let failed: Vec<&str> = self.done.iter().filter(|step| step.failed).map(|step| step.name.as_str()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("{} of {} steps failed: {}", failed.len(), self.done.len(), failed.join(", "))
    }

    fn table(&self) {
        let width = self.done.iter().map(|step| step.name.len()).max().unwrap_or(0).max("from start to end".len());
        eprintln!();
        for step in &self.done {
            let outcome = if step.failed { "FAILED" } else { "ok" };
            eprintln!("    {:width$}  {:>8.1} s  {outcome}", step.name, step.took.as_secs_f64());
        }
        eprintln!("    {:width$}  {:>8.1} s", "from start to end", self.started.elapsed().as_secs_f64());
        eprintln!();
    }
}
