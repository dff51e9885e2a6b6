//! One evaluation under way: its budget, what its functions found, and the plan it adds to.
//!
//! Rhai's own count of operations starts over in callbacks of native functions and its progress hook is given no context,
//! so the budget lies in a thread-local that lives exactly as long as one evaluation. An evaluation never leaves its
//! thread, and a script has no way to see or keep any of this.

use crate::{
    Limits,
    stopwatch::Deadline,
    text::{Analysis, Kind, WordList},
};
use comity_domain::{
    decision::{GuardAction, GuardVerdict},
    effect::{Effect, Planned},
};
use rhai::{Dynamic, EvalAltResult, ImmutableString, Position};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

pub(crate) type Failure = Box<EvalAltResult>;

/// What scripts can look up in the settings while they run.
#[derive(Default)]
pub(crate) struct Lists {
    pub words: HashMap<String, Arc<WordList>>,
    /// Topic to the word lists that tell it.
    pub topics: Vec<(String, Vec<Arc<WordList>>)>,
    /// Our own addresses, which are nobody's private data.
    pub contacts: Vec<String>,
    /// Lists of one word, made when a script first asks for it.
    pub single: RwLock<HashMap<String, Arc<WordList>>>,
}

/// The rule or guard being worked out; what it plans carries this.
#[derive(Clone, Default)]
pub(crate) struct Origin {
    pub id: Arc<str>,
    pub because: Arc<str>,
    pub article: Option<Arc<str>>,
}

impl Origin {
    /// Its id, reason and article, for what is kept longer than the policy.
    pub(crate) fn written(&self) -> (String, String, Option<String>) {
        (self.id.to_string(), self.because.to_string(), self.article.as_deref().map(str::to_owned))
    }
}

/// A value that was asked for and is not known.
#[derive(Clone, Debug)]
pub(crate) struct UnknownFact(pub &'static str);

/// Said by a function that refuses; already a plain sentence.
#[derive(Clone, Debug)]
pub(crate) struct Refused(pub String);

/// Why a script was stopped from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutOf {
    Operations,
    Time,
}

/// How many operations go by between two looks at the clock: some tens of microseconds, and more than most decisions take.
const OPERATIONS_PER_LOOK: u64 = 1_024;
/// Looking at a shorter text takes no time worth asking the clock for.
const SHORT: usize = 4 * 1_024;
/// Texts that a script built are looked at and forgotten; each remembered one holds several times its length.
const MOST_LOOKED_AT: usize = 8;
/// Words that scripts look for one by one and that are kept ready.
const MOST_SINGLE: usize = 500;

/// A text with what was found out about it.
struct Looked {
    text: ImmutableString,
    analysis: Rc<Analysis>,
    mentions: Vec<(Arc<WordList>, Rc<[String]>)>,
}

#[derive(Default)]
struct Run {
    /// Guards show the passage itself to the person who wrote it; traces are kept, so they name only its kind.
    is_guard: bool,
    lists: Arc<Lists>,
    origin: Arc<Origin>,
    most_effects: usize,
    longest_effect: usize,
    /// The text of the event with the language that the platform says it is in.
    stated: Option<(ImmutableString, String)>,
    looked_at: Vec<Looked>,
    found: Vec<String>,
    planned: Vec<Planned>,
    verdicts: Vec<GuardVerdict>,
}

thread_local! {
    /// Operations the evaluation may still use; counted apart from the rest because it is touched with each of them.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
    /// How long it may take; `None` outside an evaluation.
    static ALLOWED: Cell<Option<Duration>> = const { Cell::new(None) };
    /// Set when the time is first asked for: most evaluations end before that, and asking is dear.
    static DEADLINE: Cell<Option<Deadline>> = const { Cell::new(None) };
    static RUN: RefCell<Option<Run>> = const { RefCell::new(None) };
}

/// Ends the evaluation when dropped, on every way out.
pub(crate) struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        LEFT.set(u64::MAX);
        ALLOWED.set(None);
        DEADLINE.set(None);
        RUN.with_borrow_mut(|run| *run = None);
    }
}

pub(crate) fn begin(limits: Limits, lists: Arc<Lists>, is_guard: bool) -> Running {
    LEFT.set(limits.operations);
    ALLOWED.set(Some(limits.deadline));
    let (most_effects, longest_effect) = (limits.effects, limits.effect_bytes);
    RUN.with_borrow_mut(|run| *run = Some(Run { is_guard, lists, most_effects, longest_effect, ..Run::default() }));
    Running
}

/// What the platform says of a text that the script will see.
pub(crate) fn stated(text: ImmutableString, language: Option<&str>) {
    if let Some(language) = language {
        // Outside an evaluation nobody would ask.
        let _ = with(|run| run.stated = Some((text, language.to_owned())));
    }
}

/// Whether the evaluation has worked for too long. The first to ask starts the clock.
fn is_late() -> bool {
    let Some(allowed) = ALLOWED.get() else { return false };
    let deadline = DEADLINE.get().unwrap_or_else(|| Deadline::after(allowed));
    DEADLINE.set(Some(deadline));
    deadline.is_over()
}

/// Counts one operation, whichever engine state runs it. Time is looked at every so many operations.
pub(crate) fn progress(_: u64) -> Option<Dynamic> {
    let left = LEFT.get();
    if left == 0 {
        return Some(Dynamic::from(OutOf::Operations));
    }
    LEFT.set(left - 1);
    (left.is_multiple_of(OPERATIONS_PER_LOOK) && is_late()).then(|| Dynamic::from(OutOf::Time))
}

/// Before a function of ours looks at a text. One operation for a script may be a long way through a text, so the time is
/// asked for here as well.
pub(crate) fn reads(text: &str) -> Result<(), Failure> {
    if text.len() > SHORT && is_late() {
        return Err(Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(OutOf::Time), Position::NONE)));
    }
    Ok(())
}

fn with<T>(work: impl FnOnce(&mut Run) -> T) -> Result<T, Failure> {
    RUN.with_borrow_mut(|run| run.as_mut().map(work)).ok_or_else(|| refused("Nothing is being decided at the moment."))
}

// Boxed because Rhai's functions hand their errors over in a box.
#[allow(clippy::unnecessary_box_returns)]
pub(crate) fn refused(message: impl Into<String>) -> Failure {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(Refused(message.into())), Position::NONE))
}

#[allow(clippy::unnecessary_box_returns)]
pub(crate) fn unknown(fact: &'static str) -> Failure {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(UnknownFact(fact)), Position::NONE))
}

/// The fact that is missing, when that is why an evaluation stopped.
pub(crate) fn unknown_fact(error: &EvalAltResult) -> Option<&'static str> {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => value.read_lock::<UnknownFact>().map(|fact| fact.0),
        _ => None,
    }
}

pub(crate) fn set_origin(origin: &Arc<Origin>) {
    // Outside an evaluation there is no plan that would need it.
    let _ = with(|run| {
        run.origin = origin.clone();
        run.found.clear();
    });
}

pub(crate) fn word_list(name: &str) -> Result<Arc<WordList>, Failure> {
    with(|run| run.lists.words.get(name).cloned())?.ok_or_else(|| refused(format!("There is no word list {name:?}.")))
}

/// The analysis of a text, made once in an evaluation however many terms ask.
pub(crate) fn analysis(text: &ImmutableString) -> Result<Rc<Analysis>, Failure> {
    looked_at(text, |looked| looked.analysis.clone())
}

/// The listed words that a text has, looked for once in an evaluation however many terms ask.
pub(crate) fn mentions(text: &ImmutableString, list: &Arc<WordList>) -> Result<Rc<[String]>, Failure> {
    looked_at(text, |looked| {
        if let Some((_, found)) = looked.mentions.iter().find(|(known, _)| Arc::ptr_eq(known, list)) {
            return found.clone();
        }
        let found: Rc<[String]> = looked.analysis.mentions(list).into();
        looked.mentions.push((list.clone(), found.clone()));
        found
    })
}

fn looked_at<T>(text: &ImmutableString, ask: impl FnOnce(&mut Looked) -> T) -> Result<T, Failure> {
    reads(text)?;
    with(|run| {
        let known = run.looked_at.iter().position(|looked| ImmutableString::ptr_eq(&looked.text, text));
        let index = known.unwrap_or_else(|| {
            if run.looked_at.len() == MOST_LOOKED_AT {
                run.looked_at.remove(0);
            }
            let stated = run.stated.as_ref().filter(|(stated, _)| ImmutableString::ptr_eq(stated, text));
            let analysis = Rc::new(Analysis::of(text, stated.map(|(_, language)| language.as_str())));
            run.looked_at.push(Looked { text: text.clone(), analysis, mentions: Vec::new() });
            run.looked_at.len() - 1
        });
        ask(&mut run.looked_at[index])
    })
}

/// A word that stands in a script, made ready to be looked for.
pub(crate) fn single_word(word: &str) -> Result<Arc<WordList>, Failure> {
    reads(word)?;
    let lists = with(|run| run.lists.clone())?;
    let known = lists.single.read().unwrap_or_else(PoisonError::into_inner).get(word).cloned();
    if let Some(list) = known {
        return Ok(list);
    }
    let list = Arc::new(WordList::new([word]).ok_or_else(|| refused("That is too long to look for."))?);
    if word.len() <= SHORT {
        let mut single = lists.single.write().unwrap_or_else(PoisonError::into_inner);
        // Those that scripts write down are soon there again.
        if single.len() >= MOST_SINGLE {
            single.clear();
        }
        single.insert(word.to_owned(), list.clone());
    }
    Ok(list)
}

/// Remembers what a function found, for the trace and for the agent whose reply it is.
pub(crate) fn found(passages: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    with(|run| {
        for passage in passages {
            if !run.found.contains(&passage) {
                run.found.push(passage);
            }
        }
    })
}

/// Notes private data that is not our own; says whether there is any.
pub(crate) fn found_private(data: &[(Kind, String)]) -> Result<bool, Failure> {
    let (is_guard, lists) = with(|run| (run.is_guard, run.lists.clone()))?;
    let is_ours = |passage: &str| lists.contacts.iter().any(|contact| contact.trim().eq_ignore_ascii_case(passage));
    let theirs: Vec<_> = data.iter().filter(|(_, passage)| !is_ours(passage)).collect();
    let any = !theirs.is_empty();
    found(theirs.into_iter().map(|(kind, passage)| if is_guard { passage.clone() } else { kind.words().to_owned() }))?;
    Ok(any)
}

/// What was found since the last call.
pub(crate) fn take_found() -> Vec<String> {
    with(|run| std::mem::take(&mut run.found)).unwrap_or_default()
}

pub(crate) fn plan(effect: Effect) -> Result<(), Failure> {
    let written = match &effect {
        Effect::Label { label: text } | Effect::Close { reason: text } | Effect::Ask { question: text } => text,
        _ => "",
    };
    fits(written)?;
    let (count, limit) = with(|run| {
        let (rule, because, article) = run.origin.written();
        run.planned.push(Planned { effect, rule, article, because });
        (run.planned.len(), run.most_effects)
    })?;
    if count > limit { Err(refused(format!("It asks for more than {limit} effects."))) } else { Ok(()) }
}

/// What an effect writes is read by people and kept with each decision.
fn fits(text: &str) -> Result<(), Failure> {
    let longest = with(|run| run.longest_effect)?;
    if text.len() > longest {
        return Err(refused(format!("It writes more than {longest} characters into one effect.")));
    }
    Ok(())
}

pub(crate) fn planned_so_far() -> usize {
    with(|run| run.planned.len()).unwrap_or_default()
}

/// Takes back what was planned after the first `count` effects.
pub(crate) fn unplan(count: usize) {
    let _ = with(|run| run.planned.truncate(count));
}

pub(crate) fn take_planned() -> Vec<Planned> {
    with(|run| std::mem::take(&mut run.planned)).unwrap_or_default()
}

pub(crate) fn verdict(action: GuardAction, message: &str) -> Result<(), Failure> {
    fits(message)?;
    let (count, limit) = with(|run| {
        let (guard, because, article) = run.origin.written();
        let found = Vec::new();
        run.verdicts.push(GuardVerdict { guard, because, article, action, message: message.to_owned(), found });
        (run.verdicts.len(), run.most_effects)
    })?;
    if count > limit { Err(refused(format!("It says more than {limit} things."))) } else { Ok(()) }
}

pub(crate) fn take_verdicts() -> Vec<GuardVerdict> {
    with(|run| std::mem::take(&mut run.verdicts)).unwrap_or_default()
}
