internal import ConnectorKit

/// A flow as a tree of steps, in the order in which they are asked.
struct KeycloakFlow: Sendable, Hashable {
  /// What a step asks for relative to its neighbours.
  enum Requirement: String, Sendable, Hashable {
    case required = "REQUIRED"
    case alternative = "ALTERNATIVE"
    case conditional = "CONDITIONAL"
    case disabled = "DISABLED"
  }

  /// The configuration of a step.
  enum Settings: Sendable, Hashable {
    /// It has none.
    case none
    case read(id: String, [String: String])
    /// Why not, as a sentence, and who can mend it.
    case unreadable(reason: String, remedy: String)
  }

  /// One step: an authenticator, or a flow of its own.
  struct Step: Sendable, Hashable {
    var id: String
    var name: String
    /// Nil for a word that we do not know.
    var requirement: Requirement?
    /// The authenticator; nil for a flow.
    var provider: String?
    var isSubflow: Bool
    var configID: String?
    var settings: Settings = .none
    /// Keys of its row that are not known.
    var rowKeys: [UnrecognisedKey] = []
    var steps: [Step] = []
  }

  var id: String
  var alias: String
  var steps: [Step]

  /// Puts the flattened list of a flow's steps together again.
  ///
  /// - Throws: when a step is deeper than one below its predecessor, or is below one that is no flow.
  init(
    id: String, alias: String, _ list: [KeycloakWire.Execution]
  ) throws(WireError) {
    self.id = id
    self.alias = alias
    var rest = list[...]
    steps = try Self.steps(&rest, level: 0)
  }

  private static func steps(
    _ rest: inout ArraySlice<KeycloakWire.Execution>, level: Int64
  ) throws(WireError) -> [Step] {
    var result: [Step] = []
    while let next = rest.first, next.level >= level {
      guard next.level == level else {
        throw WireError(
          .shape, row: rest.startIndex + 1, path: "level",
          detail: "the step is on level \(next.level), where \(level) is the deepest possible")
      }
      rest.removeFirst()
      let steps = next.isSubflow ? try steps(&rest, level: level + 1) : []
      result.append(
        Step(
          id: next.id, name: next.name, requirement: Requirement(rawValue: next.requirement),
          provider: next.provider, isSubflow: next.isSubflow, configID: next.configID,
          settings: next.hidesConfig
            ? .unreadable(
              reason: "the list of steps does not name its configuration",
              remedy: "run again; if it stays, report it") : .none,
          rowKeys: next.unrecognised,
          steps: steps))
    }
    return result
  }

  /// All steps, those that are switched off as well.
  var allSteps: [Step] { Self.all(steps) }

  private static func all(_ steps: [Step]) -> [Step] {
    steps.flatMap { [$0] + all($0.steps) }
  }

  /// All steps that are not switched off, nor within one that is.
  var liveSteps: [Step] { Self.live(steps) }

  private static func live(_ steps: [Step]) -> [Step] {
    steps.filter { $0.requirement != .disabled }.flatMap { [$0] + live($0.steps) }
  }

  /// Changes every step, those within others included.
  mutating func forEachStep(_ change: (inout Step) -> Void) {
    Self.change(&steps, change)
  }

  private static func change(_ steps: inout [Step], _ body: (inout Step) -> Void) {
    for index in steps.indices {
      body(&steps[index])
      change(&steps[index].steps, body)
    }
  }
}

extension KeycloakFlow.Step {
  /// One value of the configuration; nil when there is none or it could not be read.
  subscript(key: String) -> String? {
    guard case .read(_, let values) = settings else { return nil }
    return values[key].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether a value of the configuration says yes.
  func says(_ key: String) -> Bool { self[key]?.lowercased() == "true" }

  /// Whether it only decides whether the flow around it is run.
  ///
  /// What we do not know is taken for a condition when it calls itself one.
  var isCondition: Bool {
    guard !isSubflow, let provider else { return false }
    return provider.hasPrefix("conditional-")
      || (KeycloakAuthenticator(provider) == nil && name.lowercased().hasPrefix("condition"))
  }
}
