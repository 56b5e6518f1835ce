internal import Foundation
internal import GRDB
public import IdentityCore

/// A page kept for a conditional request.
public struct CachedPage: Sendable, Hashable {
  /// The validator the server gave, as it came.
  public var etag: String?
  /// The time of change the server gave, as it came.
  public var lastModified: String?
  /// The response headers that are to be remembered, in the caller's own form.
  public var headers: [UInt8]
  /// The response body.
  public var body: [UInt8]
  /// When it was kept.
  public var storedAt: Timestamp

  /// Makes a page.
  public init(
    etag: String?, lastModified: String? = nil, headers: [UInt8] = [], body: [UInt8],
    storedAt: Timestamp
  ) {
    self.etag = etag
    self.lastModified = lastModified
    self.headers = headers
    self.body = body
    self.storedAt = storedAt
  }
}

extension Store {
  /// The page kept under a key; nil when there is none.
  public func cachedPage(_ key: String) throws(StorageError) -> CachedPage? {
    try translating(path) {
      try read { database in
        try Row.fetchOne(database, sql: "SELECT * FROM page_cache WHERE key = ?", arguments: [key])
          .map { row in
            CachedPage(
              etag: row["etag"], lastModified: row["last_modified"],
              headers: [UInt8](row["headers"] as Data), body: [UInt8](row["body"] as Data),
              storedAt: Timestamp(milliseconds: row["stored_at"]))
          }
      }
    }
  }

  /// Keeps a page under a key, in place of the one before.
  ///
  /// A power failure may lose it, which costs one request; the key must hold no secret.
  public func storePage(_ key: String, _ page: CachedPage) throws(StorageError) {
    try translating(path) {
      try write(.light) { database in
        try database.execute(
          sql: """
            INSERT INTO page_cache (key, etag, last_modified, stored_at, headers, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (key) DO UPDATE
            SET etag = ?2, last_modified = ?3, stored_at = ?4, headers = ?5, body = ?6
            """,
          arguments: [
            key, page.etag, page.lastModified, page.storedAt.milliseconds, Data(page.headers),
            Data(page.body),
          ])
      }
    }
  }

  /// How many bytes the bodies of all kept pages have.
  public func cachedBytes() throws(StorageError) -> Int {
    try translating(path) {
      try read { try Int.fetchOne($0, sql: "SELECT sum(length(body)) FROM page_cache") ?? 0 }
    }
  }

  /// Forgets the pages kept before a moment; all of them when it is nil.
  public func dropPages(before moment: Timestamp? = nil) throws(StorageError) {
    try translating(path) {
      try write(.light) {
        try $0.execute(
          sql: "DELETE FROM page_cache WHERE ?1 IS NULL OR stored_at < ?1",
          arguments: [moment?.milliseconds])
      }
    }
  }

  /// Forgets the pages of a source: those of a list that broke off would be confirmed for ever.
  ///
  /// - Parameter prefix: what the keys of its pages begin with.
  public func dropPages(beginningWith prefix: String) throws(StorageError) {
    try translating(path) {
      try write(.light) {
        try $0.execute(
          sql: "DELETE FROM page_cache WHERE substr(key, 1, length(?1)) = ?1", arguments: [prefix])
      }
    }
  }

  /// The cursor kept under a name; nil when there is none.
  public func cursor(_ name: String) throws(StorageError) -> String? {
    try translating(path) {
      try read {
        try String.fetchOne(
          $0, sql: "SELECT value FROM cursors WHERE name = ?", arguments: [name])
      }
    }
  }

  /// Keeps a cursor, or forgets it.
  ///
  /// A cursor that belongs to the members is better set in the commit that writes them.
  public func setCursor(_ name: String, _ value: String?) throws(StorageError) {
    try translating(path) { try write { try Self.setCursor($0, name, value) } }
  }

  static func setCursor(_ database: Database, _ name: String, _ value: String?) throws {
    if let value {
      try database.execute(
        sql: """
          INSERT INTO cursors (name, value) VALUES (?1, ?2)
          ON CONFLICT (name) DO UPDATE SET value = ?2
          """, arguments: [name, value])
    } else {
      try database.execute(sql: "DELETE FROM cursors WHERE name = ?", arguments: [name])
    }
  }
}
