//! What turns the rows of `table` into what reads, writes, checks, expands and lists commands.

/// A row: the words, the arguments, the command that they make, and the line of help. The command
/// and the value of its arguments stand on both sides of a `=`, for one is made of the other both
/// ways. Behind them, in this order and each only where it is not as usual:
///
/// - `allowed by "rule"`: a second word that a puzzle allows for itself;
/// - `marks fault`: the timeline marks it;
/// - `needs |world| …`: why it cannot be done at a moment, a `Result<(), Refusal>`;
/// - `changes |world| …`: whether it would change anything, where it can be done;
/// - `label …`: what a menu says, a `Phrase` or an `Option` of one.
macro_rules! actions {
    ($(
        $name:literal $kind:ty: $variant:ident $fields:tt = $value:tt, $help:literal
        $(, allowed by $word:literal)*
        $(, marks $mark:ident)?
        $(, needs |$needing:ident| $needs:expr)?
        $(, changes |$changing:ident| $changes:expr)?
        $(, label $label:expr)?;
    )+) => {
        /// Every action.
        pub const ACTIONS: &[Action] = &[$(Action {
            name: $name,
            help: $help,
            allowed_by: &[$($word),*],
            arguments: <$kind as Argument>::syntax,
            arguments_begin: <$kind as Argument>::begins,
            read: |reader, context| {
                let $value = <$kind as Argument>::read(reader, context)?;
                Ok(Command::$variant $fields)
            },
        }),+];

        impl<N: Clone + fmt::Display> fmt::Display for Command<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.clone() {
                    $(Command::$variant $fields => {
                        f.write_str($name)?;
                        <$kind as Argument>::write::<N>(&$value, f)
                    })+
                }
            }
        }

        impl<N: Clone> Command<N> {
            /// The servers that it names.
            pub fn servers(&self) -> Vec<N> {
                let mut named = Vec::new();
                match self.clone() {
                    $(Command::$variant $fields => {
                        <$kind as Argument>::servers::<N>(&$value, &mut named);
                    })+
                }
                named
            }
        }

        #[allow(unused_variables, reason = "few rows need all that their command holds")]
        impl Command {
            /// Whether the timeline marks it as a fault, or the mending of one.
            pub(crate) fn is_fault(&self) -> bool {
                match self {
                    $(Command::$variant $fields => or!($(stringify!($mark) == "fault")?; false),)+
                }
            }

            /// Why it cannot be done at this moment, where servers that it names are there.
            pub(crate) fn needs(&self, world: &World) -> Result<(), Refusal> {
                match self {
                    $(Command::$variant $fields => {
                        $(let $needing = world;)?
                        or!($($needs)?; Ok(()))
                    })+
                }
            }

            /// Whether it would change anything, where it can be done.
            pub fn changes(&self, world: &World) -> bool {
                match self {
                    $(Command::$variant $fields => {
                        $(let $changing = world;)?
                        or!($($changes)?; true)
                    })+
                }
            }

            /// What a menu says, where it is in one.
            pub fn label(&self) -> Option<Phrase> {
                match self {
                    $(Command::$variant $fields => or!($(Option::from($label))?; None),)+
                }
            }
        }

        /// A command of each row of [`ACTIONS`], in their order, its arguments drawn; the servers
        /// that it names are any up to n31. For tests that must leave out none.
        pub fn sample_commands(below: Below<'_>) -> Vec<Command> {
            vec![$({
                let $value = <$kind as Argument>::sample(below);
                Command::$variant $fields
            }),+]
        }

        /// The commands that come of one, and whether those that do not apply are left out.
        fn expand_each(
            command: &Command<Set>,
            scope: &Scope<'_>,
        ) -> Result<(Vec<Command>, bool), Refusal> {
            match command.clone() {
                $(Command::$variant $fields => {
                    let value = $value;
                    let all = <$kind as Argument>::expand(&value, scope)?;
                    let commands = all.into_iter().map(|$value| Command::$variant $fields);
                    Ok((commands.collect(), <$kind as Argument>::means_all(&value)))
                })+
            }
        }
    };
}
