import MockIdP

/// A story of a few runs, told by a directed test.
struct Story {
  let bench: LawBench
  /// The organisation, changed between runs.
  var world: LawWorld
  private let policy: String

  /// Begins a story without a store.
  static func tell<R>(
    _ world: LawWorld, policy: String = "guard: { max_changed: 100% }",
    _ body: (inout Story) async throws -> R
  ) async throws -> R {
    try await LawBench.run { bench in
      var story = Story(bench: bench, world: world, policy: policy)
      try bench.begin(world.configuration(bench.mock, policy: policy))
      return try await body(&story)
    }
  }

  /// A run so many hours later; faults hold for it alone.
  @discardableResult
  func run(after hours: Double = 1, teams: [String] = [], _ faults: Fault...) async throws
    -> RunView
  {
    bench.advance(hours: hours)
    await bench.show(world.scenario(at: 0), faults)
    return try await bench.run(teams: teams)
  }

  /// The same of an organisation that is changed once more after it was made.
  @discardableResult
  func run(
    after hours: Double = 1, _ faults: [Fault] = [], edited edit: (inout Scenario) -> Void
  ) async throws -> RunView {
    bench.advance(hours: hours)
    var scenario = world.scenario(at: 0)
    edit(&scenario)
    await bench.show(scenario, faults)
    return try await bench.run()
  }

  /// Writes the configuration anew, with these changes of its text.
  func configure(_ change: (String) -> String = { $0 }) throws {
    try bench.configure(change(world.configuration(bench.mock, policy: policy)))
  }

  /// The listing as it is read so many hours later, without a run.
  func read(after hours: Double) throws -> [String: MemberView] {
    bench.advance(hours: hours)
    return try bench.members()
  }
}

extension Fault {
  /// A source that gives nothing.
  static func dead(_ vendor: Vendor) -> Fault { Fault(vendor, "*", .forbidden, times: nil) }
}
