//! Values handed to components: equal where they are the same, so that an unchanged part of the
//! page is not drawn again.

use std::ops::Deref;
use std::rc::Rc;

/// A shared value, compared by identity.
#[derive(Debug, Default)]
pub struct Same<T>(Rc<T>);

impl<T> Same<T> {
    /// A new value, different from every other.
    pub fn new(value: T) -> Same<T> {
        Same(Rc::new(value))
    }

    /// Takes a new value up only if it is different.
    pub fn update(&mut self, value: T)
    where
        T: PartialEq,
    {
        if *self.0 != value {
            self.0 = Rc::new(value);
        }
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Same(self.0.clone())
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
