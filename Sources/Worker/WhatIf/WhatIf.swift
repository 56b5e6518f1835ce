public import IdentityCore

/// What is to be tried at one provider; nothing is written anywhere.
public struct WhatIfOptions: Sendable {
  /// The provider, by its name in the configuration.
  public var source: SourceName
  /// Only these teams; empty means all.
  public var teams: [TeamName]
  /// Files with policies, rules or flow steps in the provider's own JSON (or the same as YAML).
  public var policyFiles: [String]
  /// Ids of policies, rules or steps to switch on.
  public var enabled: [String]
  /// Ids of policies, rules or steps to switch off.
  public var disabled: [String]
  /// Ids or names of groups that are to have no members.
  public var removedGroups: [String]

  /// Makes options.
  public init(
    source: SourceName, teams: [TeamName] = [], policyFiles: [String] = [], enabled: [String] = [],
    disabled: [String] = [], removedGroups: [String] = []
  ) {
    self.source = source
    self.teams = teams
    self.policyFiles = policyFiles
    self.enabled = enabled
    self.disabled = disabled
    self.removedGroups = removedGroups
  }
}

/// Whose verdict would change.
public struct WhatIfResult: Sendable {
  /// One person whose verdict, way in or reason would be another.
  public struct Change: Sendable {
    /// The member as the sources say it now.
    public var before: MemberRecord
    /// The member as it would be.
    public var after: MemberRecord

    /// Whether the verdict would be weaker; nil when it stays and only the way in changes.
    public var isWeaker: Bool? {
      let (old, new) = (before.verdict.strength ?? .max, after.verdict.strength ?? .max)
      return old == new ? nil : new < old
    }
  }

  /// How many people were judged.
  public var judged: Int
  /// The changes, by team and address.
  public var changes: [Change]
  /// The sources that were read, first as they are, then the edited one.
  public var sources: [SourceReading]
  /// What was asked for and met no policy, rule, step or group that decides here: `--disable 0prX`.
  public var unmet: [String] = []

  /// Whether nothing can be said: the provider, or everybody's roster, could not be read.
  public var isUnanswered = false

  /// Whether all was read to its end.
  public var isComplete: Bool { sources.allSatisfy(\.isComplete) }
}
