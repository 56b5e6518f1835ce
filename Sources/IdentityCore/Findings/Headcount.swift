/// The members of a listing counted by where they stand: the figures of every view come from here.
public struct Headcount: Sendable, Codable, Hashable {
  private var counts: [Standing: Int] = [:]
  /// Teams that belong to the listing and were never read, so that nobody of them is counted.
  public var unread: [TeamName] = []

  /// Counts nobody.
  public init() {}

  /// Counts some members.
  public init(_ records: some Sequence<MemberRecord>) {
    for record in records { add(record) }
  }

  /// Counts a member.
  public mutating func add(_ record: MemberRecord) {
    counts[record.standing, default: 0] += 1
  }

  /// Adds what was counted elsewhere.
  public mutating func add(_ other: Headcount) {
    counts.merge(other.counts) { $0 + $1 }
    unread += other.unread
  }

  /// How many stand in a place.
  public subscript(_ standing: Standing) -> Int { counts[standing] ?? 0 }

  /// Members altogether: the sum of all places.
  public var members: Int { counts.values.reduce(0, +) }
  /// Members, not exempt, whom one factor gets in, always or in some sign-ins.
  public var oneFactor: Int { sum(\.isOneFactor) }
  /// Members that are gaps: not exempt, and not-enforced, enforced-conditionally or cannot-tell.
  public var gaps: Int { sum(\.isGap) }

  /// The figures with their public names, in the order in which they are shown.
  ///
  /// `members` is the sum of `one-factor`, `outside-sso`, `cannot-tell`, `enforced`, `not-evaluated` and `exempt`; `one-factor`
  /// that of its two parts; `gaps` that of `one-factor`, `outside-sso` and `cannot-tell`.
  public var figures: [(name: String, count: Int)] {
    [("members", members), ("one-factor", oneFactor)]
      + Standing.allCases.map { ($0.rawValue, self[$0]) } + [("gaps", gaps)]
  }

  /// The public names of the figures.
  public static var names: [String] { Headcount().figures.map(\.name) }

  private func sum(_ isCounted: (Standing) -> Bool) -> Int {
    counts.reduce(0) { isCounted($1.key) ? $0 + $1.value : $0 }
  }
}
