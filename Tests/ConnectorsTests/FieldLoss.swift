import IdentityCore
import MockIdP
import Testing

/// Takes away every field of every reply, one at a time: nobody's verdict may rise, and nobody vanishes.
struct FieldLoss {
  let mock: MockIdP
  let vendor: Vendor
  /// Fields that say nothing by being null, because the vendor documents null as an answer: endpoint and the path's end.
  var documentedNulls: Set<String> = []
  /// Fields whose absence is the answer, because the operator's configuration says so.
  var documentedAbsences: Set<String> = []
  let read: () async throws -> ConformanceReading

  /// How many edits were tried.
  @discardableResult
  func check() async throws -> Int {
    let good = try await read()
    #expect(good.source.isComplete, "\(good.source.issues)")
    let before = try good.reconciled().records
    let documents = try await mock.documents { _ = try await read() }
    var edits: Set<ReplyEdit> = []
    for (endpoint, sent) in documents {
      for path in sent.flatMap({ ReplyEdit.paths(in: $0) }) {
        let name = path.filter { Int($0) == nil }.joined(separator: ".")
        if documentedAbsences.contains("\(endpoint) \(name)") { continue }
        edits.insert(ReplyEdit(vendor, endpoint, path))
        if !documentedNulls.contains("\(endpoint) \(name)") {
          edits.insert(ReplyEdit(vendor, endpoint, path, value: .null))
        }
      }
    }
    for edit in edits.sorted(by: { $0.description < $1.description }) {
      await mock.setEdit(edit)
      let bad = try await read()
      try compare(good, before, bad, edit)
    }
    await mock.setEdit(nil)
    return edits.count
  }

  private func compare(
    _ good: ConformanceReading, _ before: [String: MemberRecord], _ bad: ConformanceReading,
    _ edit: ReplyEdit
  ) throws {
    for (key, record) in try bad.reconciled().records {
      guard let old = before[key]?.verdict else { continue }
      #expect(
        !Self.isRise(from: old, to: record.verdict), "\(edit): \(key) \(old) → \(record.verdict)")
    }
    let ids = Set((0..<bad.team.roster.count).compactMap { bad.team.roster[$0].userID })
    let names = Dictionary(
      (0..<good.team.roster.count).map { (good.team.roster.key(at: $0), good.team.roster[$0]) }
    ) { first, _ in first }
    for change in try bad.reconciled(with: before).changes {
      let key = change.record.key
      // Whoever is there under another address is not gone: the id is the person.
      let isRenamed = names[key]?.userID.map(ids.contains) ?? false
      #expect(change.kind != .removed || isRenamed, "\(edit): \(key) vanished")
      guard change.kind == .changed, let old = before[key]?.verdict else { continue }
      #expect(
        !Self.isRise(from: old, to: change.record.verdict),
        "\(edit): \(key) \(old) → \(change.record.verdict), known before")
    }
  }

  private static func isRise(from old: Verdict, to new: Verdict) -> Bool {
    switch (old, new) {
    case (_, .cannotTell), (_, .notEnforced): false
    case (.enforced, .enforcedConditionally): false
    default: old != new
    }
  }
}
