internal import GRDB
public import IdentityCore

extension Store {
  /// Writes one run: all of it or nothing.
  ///
  /// The closure streams the changes and returns the run; inside it, reads of this store show the state before.
  /// What changed is counted from what was written; a run without a change keeps the counts it names, so that a
  /// held run can tell what it would have changed.
  /// - Parameters:
  ///   - version: the ``version()`` from which the changes were worked out.
  ///   - open: the run that was opened for it; nil makes a row of its own.
  /// - Returns: the run as it was stored.
  /// - Throws: ``StorageError`` with `.stateMoved` when the state has another version by now; what the closure throws,
  ///   after everything was rolled back.
  @discardableResult
  public func commit(
    expecting version: Int64, in open: OpenRun? = nil,
    _ body: (inout CommitWriter) throws -> RunRecord
  ) throws -> RunRecord {
    try passing(path) {
      try write { database in
        let stored = try Self.version(database)
        guard stored == version else {
          throw StorageError(
            .stateMoved,
            "The members changed since they were read (version \(version), now \(stored)). Nothing was written;"
              + " run again.")
        }
        let session = try CommitSession(database, path: path, in: open)
        var writer = CommitWriter(session: session)
        return try session.finish(try body(&writer))
      }
    }
  }

  /// Hands over the members of a team as they stood at the last commit; a team without members is empty.
  ///
  /// May be called inside ``commit(expecting:_:)``, to compare and write in one pass.
  public func withPriorMembers<R>(
    of team: TeamName, _ body: (inout StoredPriorMembers) throws -> R
  ) throws -> R {
    try passing(path) {
      try read { database in
        var members = try StoredPriorMembers(database, team: team)
        return try body(&members)
      }
    }
  }
}
