internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// One page of a source, as it came and as it was understood.
public struct SampleReport: Sendable {
  /// One row of the page.
  public struct Row: Sendable {
    /// The row as it came, as one line.
    public var raw: String
    /// The fields and what became of them, in the order of the configuration; nil where one is missing.
    public var fields: [(name: String, value: String?)]
    /// What was not understood, a sentence each.
    public var notes: [String]
  }

  /// The source.
  public var source: String
  /// The kind of source.
  public var kind: String
  /// The call, as method and path template.
  public var call: String
  /// How many rows the page has.
  public var received: Int
  /// How many rows there are in all, where the source says so.
  public var declared: Int?
  /// What was said about the next page; empty when nothing.
  public var next: String
  /// The first rows.
  public var rows: [Row]
  /// What was not understood of the page as a whole, and what failed.
  public var notes: [String]

  /// Whether everything was understood.
  public var isUnderstood: Bool { notes.isEmpty && rows.allSatisfy(\.notes.isEmpty) }
}

extension SyncWorker {
  /// Reads one page of a source and maps its first rows; nothing is changed anywhere.
  ///
  /// - Throws: ``WorkerError``: `.badInput` for an unknown source and for one of a kind that shows no samples,
  ///   `.configuration` for a secret that cannot be had.
  public func sample(_ name: String, limit: Int = 5) async throws -> SampleReport {
    guard let source = configuration.sources[name] else {
      throw unknown("source", name, configuration.sources.keys.sorted())
    }
    let transport = transport()
    defer { transport.shutdown() }
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: nil)
    guard let connector = try factory.connector(name) as? any Sampling else {
      throw WorkerError(
        .badInput,
        "Sources of kind \(source.kind.word) show no samples; idsync doctor checks \(name).")
    }
    let team = configuration.teams.first { $0.roster == name }?.name
    let sample = await connector.sample(limit: limit, team: team)
    return SampleReport(
      source: sample.source, kind: source.kind.word, call: sample.call, received: sample.received,
      declared: sample.declared, next: sample.next,
      rows: sample.rows.map { row in
        SampleReport.Row(
          raw: row.raw, fields: row.fields.map { (name: $0.name, value: $0.value) },
          notes: row.notes)
      }, notes: sample.notes)
  }
}
