/// What a run does to one member.
public struct MemberChange: Sendable, Codable, Hashable {
  /// What happens to the record.
  public enum Kind: String, Sendable, Codable, Hashable { case added, changed, removed }

  /// What happens to the record.
  public var kind: Kind
  /// The record after the run; for `removed`, the last one known, without findings.
  public var record: MemberRecord
  /// The findings that open with this run.
  public var opened: FindingSet
  /// The findings that end with this run.
  public var resolved: FindingSet
  /// The fields that differ from the prior record, by name; empty for `added` and `removed`.
  public var fields: [FieldChange]
  /// The match key that the member had before, where the person has another address now.
  public var formerKey: String?
  /// ``MemberRecord/fingerprint`` of the record, where whoever made the change knew it; not part of its text.
  public var fingerprint: UInt64?

  enum CodingKeys: String, CodingKey { case kind, record, opened, resolved, fields, formerKey }

  /// Makes a change.
  public init(
    kind: Kind, record: MemberRecord, opened: FindingSet = [], resolved: FindingSet = [],
    fields: [FieldChange] = [], fingerprint: UInt64? = nil, formerKey: String? = nil
  ) {
    self.kind = kind
    self.record = record
    self.opened = opened
    self.resolved = resolved
    self.fields = fields
    self.fingerprint = fingerprint
    self.formerKey = formerKey
  }
}

/// One field that differs: `role` from `member` to `admin`.
public struct FieldChange: Sendable, Codable, Hashable {
  /// The public name of the field.
  public var name: String
  /// The value before, as reports spell it.
  public var before: String
  /// The value after, as reports spell it.
  public var after: String

  /// Makes a field change.
  public init(name: String, before: String, after: String) {
    self.name = name
    self.before = before
    self.after = after
  }
}

/// A prior record as reconciliation first sees it: enough to know that nothing changed.
public struct PriorRow: Sendable, Hashable {
  /// The store's own id of the row.
  public var id: Int64
  /// The match key.
  public var key: String
  /// ``MemberRecord/fingerprint`` of the stored record.
  public var fingerprint: UInt64
  /// The roster's own id of the person, where it gave one.
  public var userID: String?

  /// Makes a row.
  public init(id: Int64, key: String, fingerprint: UInt64, userID: String? = nil) {
    self.id = id
    self.key = key
    self.fingerprint = fingerprint
    self.userID = userID
  }
}

/// The prior members of one team, in the byte order of their keys, each once.
public protocol PriorMembers {
  /// The next row, or nil at the end.
  mutating func next() throws -> PriorRow?
  /// The whole record of a row, with the moment when the oldest thing that it rests on was read.
  func record(of row: PriorRow) throws -> (record: MemberRecord, observedAt: Timestamp)
  /// The newest record that anybody had under a key, also of somebody who left or has another address; nil: none ever.
  func lastRecord(ofKey key: String) throws -> MemberRecord?
}

extension PriorMembers {
  /// Nobody: what keeps no history knows of nobody who left.
  public func lastRecord(ofKey key: String) throws -> MemberRecord? { nil }
}
