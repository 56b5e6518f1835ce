internal import GRDB
internal import IdentityCore

/// Writes each judgement once and gives its id; members that share one share the row.
final class JudgementWriter {
  private struct Known {
    let judgement: Judgement
    let id: Int64
  }
  /// By the buffer of the doors: members judged together share it, so this hits without looking at any text.
  private var byIdentity: [UnsafeRawPointer?: Known] = [:]
  private var byDigest: [UInt64: [Known]] = [:]
  private let find: Query
  private let insert: Query
  private let database: Database
  /// Bounds the memory when every member is judged apart.
  private static let kept = 4096

  init(_ database: Database) throws {
    self.database = database
    find = try Query(database, "SELECT id, body FROM judgements WHERE digest = ?")
    insert = try Query(
      database, "INSERT INTO judgements (digest, verdict, body, seal) VALUES (?, ?, ?, ?)",
      sealing: true)
  }

  func id(of judgement: Judgement) throws -> Int64 {
    let identity = judgement.doors.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
    if let known = byIdentity[identity] { return known.id }
    let id = try idByContent(judgement)
    if byIdentity.count >= Self.kept { byIdentity.removeAll(keepingCapacity: true) }
    byIdentity[identity] = Known(judgement: judgement, id: id)
    return id
  }

  private func idByContent(_ judgement: Judgement) throws -> Int64 {
    let digest = judgement.digest
    if let known = byDigest[digest]?.first(where: { $0.judgement == judgement }) { return known.id }
    let id = try idInStore(judgement, digest: Int64(bitPattern: digest))
    if byDigest.count >= Self.kept { byDigest.removeAll(keepingCapacity: true) }
    byDigest[digest, default: []].append(Known(judgement: judgement, id: id))
    return id
  }

  private func idInStore(_ judgement: Judgement, digest: Int64) throws -> Int64 {
    let body = try StoreJSON.text(judgement)
    find.bind(1, digest)
    defer { find.reset() }
    while try find.step() {
      if find.text(1) == body { return find.integer(0) }
    }
    insert.bind(1, digest)
    insert.bind(2, judgement.verdict.rawValue)
    insert.bind(3, body)
    insert.bindSeal(4)
    try insert.run()
    return database.lastInsertedRowID
  }
}

/// Reads judgements by id, each once, so that members read together share them.
final class JudgementReader {
  private var known: [Int64: Judgement] = [:]
  private let find: Query
  private static let kept = 4096

  init(_ database: Database) throws {
    find = try Query(database, "SELECT digest, verdict, body, seal FROM judgements WHERE id = ?")
  }

  func judgement(_ id: Int64) throws -> Judgement {
    if let judgement = known[id] { return judgement }
    find.bind(1, id)
    defer { find.reset() }
    guard try find.step() else {
      throw StorageError(.corrupt, "The store lacks the judgement \(id). Put back the last backup.")
    }
    try RowSeal.check(find, 0..<3, seal: 3, "the judgement \(id)")
    let judgement = try StoreJSON.value(Judgement.self, find.text(2))
    if known.count >= Self.kept { known.removeAll(keepingCapacity: true) }
    known[id] = judgement
    return judgement
  }
}
