//! What each view is given, and its placeholder while its part of the page is being loaded.

use super::App;
use crate::later::panels;
use crate::message::{Dialog, Link, Part};
use crate::panel::{self, console, first, inspect, learn, storage};
use crate::welcome::FirstScreen;
use crate::{dialog, lesson, logs, stage, timeline, topbar, welcome};
use raft_view::lang;
use raft_view::menu::Selection;
use raft_view::own::owner_of;
use raft_view::stage::Motion;
use raft_view::tab::Tab;
use raft_view::timeline::mark_here;
use yew::prelude::*;

impl App {
    pub(super) fn top_bar(&self) -> topbar::Shown<'_> {
        let about = self.session.script().and_then(|script| script.scenario().about.title.as_ref());
        let told = about.map(|title| title.in_language(lang::code()));
        topbar::Shown {
            title: told.or_else(|| self.session.title()),
            dialog: &self.dialog,
            embed: self.options.embed,
            owns_page: self.options.owns_page,
            playing: self.is_playing(),
            tempo: self.tempo,
            safety: &self.views.safety,
            theme: self.theme,
        }
    }

    pub(super) fn log_table(&self) -> logs::Shown<'_> {
        logs::Shown {
            window: self.views.window,
            longest: self.views.longest,
            rows: &self.views.rows,
            selection: self.selection,
            select: &self.select,
        }
    }

    pub(super) fn time_bar(&self) -> timeline::Shown<'_> {
        timeline::Shown {
            timeline: &self.views.timeline,
            now: self.session.world().now(),
            here: mark_here(&self.session),
            end: self.session.end(),
            fingers: &self.fingers,
        }
    }

    pub(super) fn stage(&self) -> stage::Shown<'_> {
        let views = &self.views;
        let menu = self.menu.is_some();
        stage::Shown {
            owns_page: self.options.owns_page,
            first_screen: self.caches.first_screen.part(self.versions.reading, || {
                welcome::view(self.first_screen, self.session.world(), &self.link)
            }),
            narrator: &views.narrator,
            notice: self.notice.as_deref(),
            is_closer: self.camera.is_some_and(|camera| !camera.is_whole()),
            job: self.job.as_ref().map(super::jobs::Job::part),
            menu: menu.then(|| stage::MenuShown {
                actions: &views.actions,
                own: owner_of(self.selection).map(|_| self.selection),
                node: &self.menu_ref,
            }),
            picture: views.ring.map(|ring| stage::Picture {
                owns_page: self.options.owns_page,
                servers: &views.servers,
                links: &views.links,
                walls: &views.walls,
                crowds: &views.crowds,
                drawn_crowds: (&self.caches.crowds, self.versions.crowds),
                clients: &views.clients,
                frame: stage::Frame {
                    world: self.session.world(),
                    ring,
                    clients: &views.clients,
                    crowds: &views.crowds,
                    selection: self.selection,
                    drag: self.drag.as_ref(),
                    camera: self.camera_on(&ring),
                    playing: self.is_playing(),
                    motion: if self.reduced_motion { Motion::Reduced } else { Motion::Full },
                },
                svg: &self.stage_ref,
            }),
        }
    }

    /// The open lesson's card, if there is one.
    pub(super) fn lesson_card(&self, link: &Link) -> Html {
        let open = self.lesson.as_ref().zip(self.views.lesson.as_ref());
        let Some(((lesson, view), panels)) = open.zip(panels()) else { return Html::default() };
        let shown = lesson::Shown { lesson, view, tools: self.tools, session: &self.session };
        (panels.lesson)(&shown, link)
    }

    /// The side panel.
    pub(super) fn panel(&self, link: &Link) -> Html {
        let content = match panels() {
            Some(panels) => (panels.tab)(&self.open_tab(), link),
            None if self.tab == Tab::Inspect && self.shows_cluster() => {
                first::view(&self.first_view(), link)
            }
            None => self.later.placeholder(Part::Panels, link),
        };
        panel::view(self.tab, self.shown_sizes(), content, link)
    }

    fn open_tab(&self) -> panel::Shown<'_> {
        let (session, world) = (&self.session, self.session.world());
        let (views, selection) = (&self.views, self.selection);
        match self.tab {
            Tab::Inspect => panel::Shown::Inspect(inspect::Shown {
                first: self.first_view(),
                session,
                selection,
                allowed: self.allowed(),
                why: views.why.as_ref(),
                actions: &views.actions,
                linear: &views.linear,
            }),
            Tab::Console => panel::Shown::Console(console::Shown {
                world,
                allowed: self.allowed(),
                way: views.way.as_ref(),
                why: views.why.as_ref().filter(|_| self.question.is_some()),
                playing: self.is_playing(),
                actions: &self.console,
                history: &self.typed_lines,
                endpoint: self.endpoint,
                sizes: self.shown_sizes(),
            }),
            Tab::Storage => {
                let (costs, under_way) = self.counts.measuring.measured(&world.settings().live);
                let allowed = self.allowed();
                panel::Shown::Storage(storage::Shown {
                    world,
                    allowed,
                    selection,
                    costs,
                    under_way,
                })
            }
            Tab::Events => panel::Shown::Events(session, self.events),
            Tab::Futures => panel::Shown::Futures(session, self.counts.runs.as_deref()),
            Tab::Rules => panel::Shown::Rules(session, views.linear.verdict),
            Tab::Learn => panel::Shown::Learn(learn::Shown {
                has_leader: world.leader().is_some(),
                allowed: self.allowed(),
                listed: self.listed,
                gallery: &self.caches.gallery,
                version: self.versions.gallery,
            }),
        }
    }

    fn first_view(&self) -> first::Shown<'_> {
        first::Shown {
            in_lesson: self.lesson.is_some(),
            has_doors: self.first_screen == FirstScreen::Doors,
            way: self.views.way.as_ref(),
            playing: self.is_playing(),
            sections: &self.views.inspect,
            verdict: self.views.linear.verdict,
        }
    }

    /// Whether the panel shows the cluster as a whole.
    pub(super) fn shows_cluster(&self) -> bool {
        self.selection == Selection::Nothing
    }

    /// The open dialog, if there is one.
    pub(super) fn open_dialog_layer(&self, link: &Link) -> Html {
        if self.dialog == Dialog::None {
            return Html::default();
        }
        let (dialog, session, letters) = (&self.dialog, &self.session, self.letters.get());
        let content = match panels() {
            Some(panels) => {
                let verdict = self.views.linear.verdict;
                let (allowed, notice) = (self.allowed(), self.notice.as_deref());
                let shown = dialog::Shown { dialog, session, verdict, letters, allowed, notice };
                (panels.dialog)(&shown, link)
            }
            None => dialog::on_its_way(self.later.placeholder(Part::Panels, link)),
        };
        dialog::layer(content, link)
    }
}
