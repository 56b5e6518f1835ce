import Foundation

/// What the fuzzers of all targets share: rounds, seeds, random numbers, mutations.
///
/// A suite whose name holds `Fuzz` runs a few seconds with the tests, and as long as wanted with `make fuzz`, which
/// sets `IDSYNC_FUZZ_ROUNDS`. The same seed gives the same inputs, so a failure can be repeated.
public enum Fuzz {
  /// How many inputs each fuzzer tries.
  public static func rounds(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["IDSYNC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? usual
  }

  /// Tells how much was tried.
  public static func report(_ name: String, _ counts: KeyValuePairs<String, Int>) {
    let text = counts.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("fuzz: \(name): \(text)")
  }
}

/// Random numbers that are the same for the same seed (SplitMix64).
public struct FuzzRandom: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed.
  public init(_ seed: UInt64) {
    // Neighbouring seeds begin far apart: the numbers of one are not those of the next, one later.
    state = seed
    state = next()
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Whether something of a chance of one in `n` happens.
  public mutating func one(in n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

  /// One of some values.
  public mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: values.indices, using: &self)]
  }

  /// A number below a bound.
  public mutating func below(_ bound: Int) -> Int {
    Int.random(in: 0..<max(1, bound), using: &self)
  }

  /// Bytes with a few faults in them: flipped, doubled, taken out, cut off, or strewn with tokens.
  public mutating func mutated(_ bytes: [UInt8], tokens: [String] = []) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(1 + below(6)) {
      let place = below(bytes.count + 1)
      switch below(tokens.isEmpty ? 5 : 7) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
      case 1 where place < bytes.count:
        bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
      case 2:
        let end = min(bytes.count, place + below(40))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3 where one(in: 4): bytes.removeLast(bytes.count - place)
      case 4: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: place)
      case 5, 6: bytes.insert(contentsOf: Array(pick(tokens).utf8), at: place)
      default: break
      }
    }
    return bytes
  }
}

extension Fuzz {
  /// The inputs that are kept for a format, in `Tests/Corpora`: written by hand, or once found to break something.
  public static func corpus(_ format: String) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Corpora").appending(path: format)
    return try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
  }
}
