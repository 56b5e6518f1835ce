internal import Foundation

/// The two encodings that bring any bytes through any mail server (RFC 2045 §6.7 and §6.8).
enum TransferEncoding {
  private static let width = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Text in quoted-printable: line feeds become CR LF, no line is longer than 76.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count * 5 / 4)
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines {
      append(Array(line), to: &result)
      result += [0x0D, 0x0A]
    }
    return result
  }

  /// Bytes in base64, in lines of 76.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let text = Data(bytes).base64EncodedData(options: [.lineLength76Characters])
    return Array(text) + [0x0D, 0x0A]
  }

  private static func append(_ line: [UInt8], to result: inout [UInt8]) {
    var column = 0
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      let isBlank = byte == 0x20 || byte == 0x09
      // A "From " at the start of a line is changed by some stores, which breaks signatures.
      let isFrom = index == 0 && line.starts(with: "From ".utf8)
      let isPlain = (isBlank && !isLast) || (byte > 0x20 && byte < 0x7F && byte != 0x3D && !isFrom)
      let size = isPlain ? 1 : 3
      // Room is kept for the "=" of a soft line break, except at the very end.
      if column + size > (isLast ? width : width - 1) {
        result += [0x3D, 0x0D, 0x0A]
        column = 0
      }
      if isPlain {
        result.append(byte)
      } else {
        result += [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
      column += size
    }
  }
}
