//! What can be seen of console commands.

use super::World;
use crate::console::Console;
use etcd_kv::Bytes;
use etcd_kv::console::Environment;

impl World {
    /// The console commands so far, in order.
    pub fn consoles(&self) -> impl ExactSizeIterator<Item = &Console> {
        self.service.consoles.all.iter().map(|console| &**console)
    }

    /// A console command by its number, from 1.
    pub fn console(&self, number: u32) -> Option<&Console> {
        self.service.consoles.get(number)
    }

    /// The files that `snapshot save` has left, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.service.consoles.files.iter().map(|(name, blob)| (name.as_str(), blob))
    }

    /// What a console command starts from.
    pub fn environment(&self) -> Environment {
        self.service.consoles.environment(&self.cluster)
    }

    pub(super) fn check_console(&self, number: u32) -> Result<(), (String, String)> {
        match self.console(number) {
            None => Err((
                format!(
                    "the number of a console command, of {} so far",
                    self.service.consoles.all.len()
                ),
                number.to_string(),
            )),
            Some(console) if console.ended.is_some() => {
                Err(("a console command that runs".into(), format!("{number}, which has ended")))
            }
            Some(_) => Ok(()),
        }
    }
}
