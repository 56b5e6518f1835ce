internal import Foundation

/// The JSON inside columns: the same value always gives the same text.
enum StoreJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw StorageError(
        .corrupt,
        "The store holds a value that is no \(type): \(error). Put back the last backup, or use the version of"
          + " idsync that wrote it.")
    }
  }
}
