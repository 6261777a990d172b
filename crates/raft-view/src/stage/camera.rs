//! Which part of the picture is seen, and how large.

use super::{Point, WIDTH};

/// A part of the plane: all that there is to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Its left upper corner.
    pub corner: Point,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// How much larger than the whole picture anything can be seen.
const LARGEST: f64 = 5.0;

/// How much larger what a lesson looks at is seen, at most: what is around it stays in sight.
const NEAREST: f64 = 1.7;
/// Below this it is not worth the movement.
const LEAST: f64 = 1.12;

/// The part of the picture that is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// All that there is to see.
    frame: Frame,
    /// Its middle.
    middle: Point,
    /// How much larger than the whole picture, 1 or more.
    zoom: f64,
}

impl Camera {
    /// All of it.
    pub fn whole(frame: Frame) -> Camera {
        let Frame { corner, width, height } = frame;
        let middle = Point { x: corner.x + width / 2.0, y: corner.y + height / 2.0 };
        Camera { frame, middle, zoom: 1.0 }
    }

    /// Whether all of the picture is seen.
    pub fn is_whole(self) -> bool {
        self.zoom <= 1.0
    }

    /// Left, top, width and height.
    pub fn view_box(self) -> [f64; 4] {
        let (width, height) = (self.frame.width / self.zoom, self.frame.height / self.zoom);
        [self.middle.x - width / 2.0, self.middle.y - height / 2.0, width, height]
    }

    /// So many times larger, with this point where it is.
    #[must_use]
    pub fn zoomed(self, times: f64, about: Point) -> Camera {
        let zoom = (self.zoom * times).clamp(1.0, LARGEST);
        let stays = self.zoom / zoom;
        let middle = Point {
            x: about.x + (self.middle.x - about.x) * stays,
            y: about.y + (self.middle.y - about.y) * stays,
        };
        Camera { middle, zoom, ..self }.inside()
    }

    /// Moved by so much of the picture.
    #[must_use]
    pub fn moved(self, x: f64, y: f64) -> Camera {
        let middle = Point { x: self.middle.x + x, y: self.middle.y + y };
        Camera { middle, ..self }.inside()
    }

    /// With a point in the middle, as large as it is.
    #[must_use]
    pub fn at(self, point: Point) -> Camera {
        Camera { middle: point, ..self }.inside()
    }

    /// So near that all of these areas (left, top, right, bottom) are seen; of the picture as a
    /// whole.
    #[must_use]
    pub fn near(self, areas: &[[f64; 4]]) -> Camera {
        let whole = Camera::whole(self.frame);
        let Some(all) = areas
            .iter()
            .copied()
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
        else {
            return whole;
        };
        let [left, top, right, bottom] = all;
        let zoom = (self.frame.width / (right - left)).min(self.frame.height / (bottom - top));
        // One server alone is seen from near as it is.
        let zoom = zoom.min(NEAREST * self.frame.width / WIDTH);
        if zoom < LEAST {
            return whole;
        }
        let middle = Point { x: (left + right) / 2.0, y: (top + bottom) / 2.0 };
        Camera { middle, zoom, ..whole }.inside()
    }

    /// The camera on its way to another one: 0 is here, 1 is there. It sets off and arrives slowly.
    #[must_use]
    pub fn towards(self, other: Camera, part: f64) -> Camera {
        let t = part.clamp(0.0, 1.0);
        let t = t * t * (3.0 - 2.0 * t);
        let middle = self.middle.towards(other.middle, t);
        Camera { middle, zoom: self.zoom + (other.zoom - self.zoom) * t, ..other }.inside()
    }

    /// Never shows what is beyond the picture.
    fn inside(self) -> Camera {
        let Frame { corner, width, height } = self.frame;
        let (x, y) = (width / 2.0 / self.zoom, height / 2.0 / self.zoom);
        let middle = Point {
            x: self.middle.x.clamp(corner.x + x, corner.x + width - x),
            y: self.middle.y.clamp(corner.y + y, corner.y + height - y),
        };
        Camera { middle, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::HEIGHT;

    #[test]
    fn what_is_zoomed_about_stays_where_it_is_and_the_picture_is_never_left() {
        let about = Point { x: 200.0, y: 180.0 };
        let frame = Frame { corner: Point::default(), width: WIDTH, height: HEIGHT };
        let whole = Camera::whole(frame);
        let near = whole.zoomed(2.0, about);
        let part = |camera: Camera| {
            let [left, top, width, height] = camera.view_box();
            ((about.x - left) / width, (about.y - top) / height)
        };
        assert_eq!(part(near), part(whole));
        assert!(!near.is_whole() && near.zoomed(0.1, about) == whole);
        assert_eq!(near.zoomed(99.0, about).view_box()[2], WIDTH / LARGEST);
        let [left, top, width, height] = near.moved(1e6, 1e6).view_box();
        assert_eq!((left + width, top + height), (WIDTH, HEIGHT));
        assert_eq!(whole.moved(10.0, -10.0), whole);
    }
}
