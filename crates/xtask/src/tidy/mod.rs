//! `cargo xtask tidy`: the rules of the layout that a compiler does not check. Each finding says which rule it breaks and
//! what to do instead; there is no list of exceptions to grow.

mod edges;
mod links;
mod sources;
mod tree;

use anyhow::{Result, bail};

pub fn run() -> Result<()> {
    let files = tree::files()?;
    let mut findings = edges::check()?;
    findings.extend(tree::check(&files)?);
    findings.extend(sources::check(&files)?);
    findings.extend(links::check(&files)?);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings in the layout", findings.len());
    }
    eprintln!("tidy: {} files, nothing found", files.len());
    Ok(())
}
