/// Numbers that look random and are the same every time.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// True once in so many throws.
  mutating func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &self) == 0 }

  /// One of some; there is at least one.
  mutating func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &self)] }

  /// Those of some that a throw of one in so many takes.
  mutating func some<T: Hashable>(_ all: [T], _ part: Int) -> Set<T> {
    Set(all.filter { _ in chance(part) })
  }
}
