/// What a sign-in meets; raw values are bit positions in sets of outcomes.
enum Outcome: Int, CaseIterable {
  /// A rule that was read refuses it.
  case refused = 0
  case single = 1
  case multi = 2
  /// Nothing that was read lets it in, and no rule refuses it.
  case nothing = 3

  /// The bit of this outcome in a set of outcomes.
  var bit: UInt8 { 1 << UInt8(rawValue) }

  /// The outcomes with which a sign-in gets in.
  static let entering = Outcome.single.bit | Outcome.multi.bit
  /// All outcomes but one factor.
  static let others = Outcome.refused.bit | Outcome.multi.bit | Outcome.nothing.bit

  /// The outcomes that an unreadable demand may have, by its values: no way in, one factor, two factors.
  ///
  /// That it may let nobody in is no refusal that anybody read.
  static func ofOpenDemand(_ values: UInt64) -> UInt8 {
    UInt8(values & 0b110) | (values & 1 == 0 ? 0 : Outcome.nothing.bit)
  }

  /// The only outcome of a set; nil where there are several or none.
  init?(bits: UInt8) {
    guard bits.nonzeroBitCount == 1 else { return nil }
    self.init(rawValue: bits.trailingZeroBitCount)
  }

  /// All parts are to be passed: a refusal refuses, two factors anywhere are two factors.
  static func all(_ a: Outcome, _ b: Outcome) -> Outcome {
    if a == .refused || b == .refused { return .refused }
    if a == .nothing || b == .nothing { return .nothing }
    return a == .multi || b == .multi ? .multi : .single
  }

  /// The person chooses: the weakest that lets in; refused when a way is there and a rule closes it.
  static func any(_ a: Outcome, _ b: Outcome) -> Outcome {
    if a == .single || b == .single { return .single }
    if a == .multi || b == .multi { return .multi }
    return a == .refused || b == .refused ? .refused : .nothing
  }
}

/// How sets of outcomes combine, for every pair of sets.
enum OutcomeTable {
  /// All parts are to be passed.
  static func all(_ sets: (UInt8, UInt8)) -> UInt8 { allTable[Int(sets.0) << 4 | Int(sets.1)] }
  /// The person chooses.
  static func any(_ sets: (UInt8, UInt8)) -> UInt8 { anyTable[Int(sets.0) << 4 | Int(sets.1)] }

  private static let allTable = table(Outcome.all)
  private static let anyTable = table(Outcome.any)

  private static func table(_ combine: (Outcome, Outcome) -> Outcome) -> [UInt8] {
    (0..<256).map { index in
      var result: UInt8 = 0
      for a in Outcome.allCases where index >> 4 & Int(a.bit) != 0 {
        for b in Outcome.allCases where index & Int(b.bit) != 0 { result |= combine(a, b).bit }
      }
      return result
    }
  }
}
