//! What a picture of the world says: plain data to draw, and every sentence that a person reads.
//!
//! Everything here is a pure function of a session at one moment. Components draw what they get and
//! decide nothing.

#[macro_use]
pub mod lang;

pub mod allowed;
pub mod clients;
pub mod console;
pub mod cost;
pub mod director;
pub mod events;
pub mod excerpt;
pub mod first_light;
pub mod futures;
pub mod inspect;
pub mod lesson;
pub mod logs;
pub mod menu;
pub mod narrator;
pub mod offence;
pub mod own;
pub mod pace;
pub mod picture;
pub mod plots;
pub mod poster;
pub mod rules;
pub mod stage;
pub mod statistics;
pub mod step;
pub mod storage;
pub mod tab;
pub mod timeline;
pub mod way;
pub mod why;
pub mod words;
