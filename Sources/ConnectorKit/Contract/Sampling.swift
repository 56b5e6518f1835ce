package import IdentityCore
package import JSONQuery

/// A source that can show a page of what it reads and what it makes of it, for `idsync doctor --sample`.
package protocol Sampling: Sendable {
  /// Reads one page and maps its first rows.
  ///
  /// Never throws: what went wrong is said in the sample. Values under names such as `token` or `password` are left out.
  /// - Parameters:
  ///   - limit: how many rows to show at most.
  ///   - team: the team asked for by a source whose requests name one; nil when none is configured.
  func sample(limit: Int, team: TeamName?) async -> SourceSample
}

extension Sampling {
  /// Reads one page as for no team.
  package func sample(limit: Int) async -> SourceSample { await sample(limit: limit, team: nil) }
}

/// One page of a source, as it came and as it was understood.
package struct SourceSample: Sendable, Hashable {
  /// One row of the page.
  package struct Row: Sendable, Hashable {
    /// One field and what became of it.
    package struct Field: Sendable, Hashable {
      /// The field's name in the configuration.
      package var name: String
      /// Its value as text; nil when it is missing.
      package var value: String?

      /// Makes a field.
      package init(name: String, value: String?) {
        self.name = name
        self.value = value
      }
    }

    /// The row as it came, as one line.
    package var raw: String
    /// The fields in the order of the configuration.
    package var fields: [Field]
    /// What was not understood, a sentence each.
    package var notes: [String]

    /// Makes a row.
    package init(raw: String, fields: [Field], notes: [String] = []) {
      self.raw = raw
      self.fields = fields
      self.notes = notes
    }
  }

  /// The source.
  package var source: SourceName
  /// The call, as method and path template.
  package var call: String
  /// How many rows the page has.
  package var received: Int
  /// How many rows there are in all, where the source says so.
  package var declared: Int?
  /// What was said about the next page, as a phrase; empty when nothing.
  package var next: String
  /// The first rows.
  package var rows: [Row]
  /// What was not understood of the page as a whole, and what failed, a sentence each.
  package var notes: [String]

  /// Makes a sample.
  package init(
    source: SourceName, call: String, received: Int = 0, declared: Int? = nil, next: String = "",
    rows: [Row] = [], notes: [String] = []
  ) {
    self.source = source
    self.call = call
    self.received = received
    self.declared = declared
    self.next = next
    self.rows = rows
    self.notes = notes
  }

  /// Whether everything was understood.
  package var isUnderstood: Bool { notes.isEmpty && rows.allSatisfy(\.notes.isEmpty) }
}

extension JSONValue {
  private static let secretWords = [
    "token", "secret", "password", "passwd", "signature", "apikey", "api_key", "privatekey",
    "private_key", "credential",
  ]

  /// The value without what stands under names of secrets.
  package var withoutSecrets: JSONValue {
    switch self {
    case .array(let values): .array(values.map(\.withoutSecrets))
    case .object(let members):
      .object(
        Dictionary(
          uniqueKeysWithValues: members.map { key, value in
            let name = key.lowercased()
            let isSecret = Self.secretWords.contains { name.contains($0) }
            return (key, isSecret ? .string("<redacted>") : value.withoutSecrets)
          }))
    default: self
    }
  }
}
