import IdentityCore
import MockIdP
import Testing

/// A source whose replies are edited one place at a time.
struct EditedSource: Sendable, CustomTestStringConvertible {
  /// Reads the source again and again, on one bench.
  typealias Reader = @Sendable () async throws -> ConformanceReading

  var name: String
  var vendor: Vendor
  /// The organisations that are read.
  var worlds: [Scenario]
  /// Endpoints whose replies another source goes through already.
  var done: Set<String> = []
  /// Places that may say nothing, as endpoint and place (`GET /v1/users /*/status`), each with what the vendor documents
  /// that to mean; with the form of the edit (` nulled`) where only that is documented.
  var absences: [String: String] = [:]
  /// Edits that do harm and are not mended, as ``absences`` but for every form where none is named, each with the reason.
  var known: [String: String] = [:]
  /// Places whose loss changes a verdict, which says why, while the source tells no issue: it ought to.
  ///
  /// One that ends in a slash is all places below.
  var untold: Set<String> = []
  /// Lists that the vendor counts, by the place of their rows.
  ///
  /// One that lacks a row was not read to its end; of any other nobody can know.
  var counted: Set<String> = []
  /// Makes what reads it.
  var prepare: @Sendable (Bench) async throws -> Reader

  var testDescription: String { name }

  /// Whether the vendor documents what it means that this place says nothing.
  func documents(_ edit: ReplyEdit) -> Bool {
    let isAbsence = edit.form == .dropped || edit.form == .nulled
    return isAbsence && absences[edit.name] != nil
      || absences["\(edit.name) \(edit.form.rawValue)"] != nil
  }

  /// Whether anything is known of what an edit may do.
  func isTold(_ edit: ReplyEdit) -> Bool {
    edit.form == .shortened ? counted.contains(edit.name) : !documents(edit)
  }

  /// Which of the places that ought to be told an edit is about.
  func untoldPlace(of edit: ReplyEdit) -> String? {
    untold.first { $0 == edit.name || $0.hasSuffix("/") && edit.name.hasPrefix($0) }
  }

  /// Every source.
  static let all: [EditedSource] =
    ConformanceCase.all.map(\.edited) + herokuTeamsEdited + githubOrganisations + endpointRosters
    + endpointProviders + scimRosters + [scimProvider]
}

extension ConformanceCase {
  /// The small scenario and the worlds for fields, without what an earlier case of the vendor goes through.
  var edited: EditedSource {
    let earlier = Self.all.prefix { $0.name != name }.filter { $0.vendor == vendor }
    return EditedSource(
      name: name, vendor: vendor, worlds: [small] + fieldWorlds,
      done: Set(earlier.flatMap(\.endpoints).map(\.template)), absences: absences, known: known,
      untold: untold, counted: counted
    ) { bench in
      { try await read(bench) }
    }
  }
}
