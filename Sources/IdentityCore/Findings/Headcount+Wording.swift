extension Headcount {
  /// The first word or number of ``sentence``.
  public var headlineFigure: String {
    if members == 0 { return unread.isEmpty ? "Nobody" : "Nothing" }
    if members == 1, oneFactor == 0 { return "The only member" }
    return oneFactor == 0 ? "None" : Self.grouped(oneFactor)
  }

  /// The rest of ``sentence``, from the space on.
  public var headlineRest: String {
    guard !unread.isEmpty else { return judgedRest }
    let teams = Self.listed(unread)
    guard members > 0 else {
      return " is known of \(teams), which \(unread.count == 1 ? "was" : "were") not read."
    }
    return "\(judgedRest.dropLast()); \(teams) \(unread.count == 1 ? "was" : "were") not read."
  }

  /// `a`, `a and b`, `a, b, c and 4 more teams`.
  private static func listed(_ teams: [TeamName]) -> String {
    let shown = teams.count > 4 ? Array(teams.prefix(3)) + ["\(teams.count - 3) more teams"] : teams
    return shown.count == 1
      ? shown[0] : shown.dropLast().joined(separator: ", ") + " and " + (shown.last ?? "")
  }

  private var judgedRest: String {
    let all = "\(Self.grouped(members)) \(members == 1 ? "member" : "members")"
    let unknown = self[.cannotTell]
    switch (members, oneFactor, unknown) {
    case (0, _, _): return " is listed, so there is nothing to judge."
    case (1, 0, 1...): return " cannot be judged."
    case (1, 0, _):
      return self[.exempt] > 0 ? " is exempt." : " cannot get in with one factor."
    case (_, 1..., _): return " of \(all) can get in with one factor."
    case (_, _, 1...):
      return
        " of \(all) is known to get in with one factor, but \(Self.grouped(unknown)) cannot be judged."
    default:
      return " of \(all) can get in with one factor"
        + (self[.exempt] > 0 ? ", exempt members aside." : ".")
    }
  }

  /// The one headline, as in `16 of 37 members can get in with one factor`.
  public var sentence: String { headlineFigure + headlineRest }

  /// What the headline leaves open, a sentence each, so that all places add up to the members; none for places where nobody stands.
  public var details: [String] {
    func counted(_ standing: Standing, _ text: (String, Bool) -> String) -> String? {
      let count = self[standing]
      return count == 0 ? nil : text(Self.grouped(count), count == 1)
    }
    return [
      counted(.oneFactorSometimes) { count, _ in
        "\(count) of them only in named circumstances."
      },
      counted(.outsideSSO) { count, isOne in
        "\(count) \(isOne ? "signs" : "sign") in outside single sign-on, where the platform asks for a second factor."
      },
      oneFactor > 0 ? counted(.cannotTell) { count, _ in "For \(count) it cannot be told." } : nil,
      counted(.enforced) { count, isOne in
        "\(count) \(isOne ? "needs" : "need") a second factor for every sign-in."
      },
      counted(.notEvaluated) { count, isOne in
        "\(count) \(isOne ? "has" : "have") no live way in."
      },
      counted(.exempt) { count, isOne in
        "\(count) \(isOne ? "is" : "are") exempt and counted apart."
      },
    ].compactMap { $0 }
  }

  /// `18 gaps`, `1 gap`, `no gap`.
  public var gapText: String {
    gaps == 0 ? "no gap" : "\(Self.grouped(gaps)) \(gaps == 1 ? "gap" : "gaps")"
  }

  /// A number in groups of three, as in `12,345`.
  public static func grouped(_ count: Int) -> String {
    let digits = String(count)
    guard digits.utf8.count > 3 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.utf8.count - index) % 3 == 0 && digit != "-" { result += "," }
      result.append(digit)
    }
    return result
  }
}
