using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Networks;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>
/// <c>Golden.cs</c>: the golden vectors as string literals of hexadecimal digits, one per image row, because literals stay in flash and
/// reading one character walks a string from its start.
/// </summary>
public static class GoldenSource
{
    /// <summary>
    /// Of the 65,535 bytes in an assembly's string table, those left to golden vectors (metadata-processor, nanoStringTable.cs:104); the rest
    /// is for names and messages.
    /// </summary>
    public const int LargestTextBytes = 48_000;

    /// <summary>Vectors and rows are looked up by <c>switch</c>.</summary>
    public const int MostVectors = 100;

    /// <summary>Prints the file.</summary>
    /// <param name="model">Identity of the model in report lines; letters, digits and <c>_.-</c>, other characters become <c>_</c>.</param>
    /// <param name="input">Shape of the input.</param>
    /// <param name="vectors">1 to <see cref="MostVectors"/> vectors.</param>
    /// <exception cref="ArgumentException">There is no vector, there are too many, one has another shape, or their text is too long.</exception>
    public static SourceFile For(string model, Shape input, ImmutableArray<GoldenVector> vectors)
    {
        ThrowIfUnfit(input, vectors);
        var text = new StringBuilder();
        text.Append("namespace SparseNas.Generated\n{\n");
        text.Append("    /// <summary>Inputs with the outputs of the reference executor, in hexadecimal: see SelfTest.cs.</summary>\n");
        text.Append("    public static class Golden\n    {\n");
        text.Append(CultureInfo.InvariantCulture, $"        public const string Model = {SafeText.Literal(Identity(model))};\n");
        text.Append(CultureInfo.InvariantCulture, $"        public const int Count = {vectors.Length};\n\n");

        string[] rowCalls = Enumerable.Range(0, vectors.Length).Select(vector => $"Vector{vector}(row)").ToArray();
        text.Append("        /// <summary>Two digits per byte of one image row, columns of channels.</summary>\n");
        LookupMethodOfTwo(text, rowCalls);
        text.Append("\n        /// <summary>Eight digits per class, two's complement.</summary>\n");
        LookupMethod.Print(text, "public static string", "Logits", [.. vectors.Select(vector => SafeText.Literal(Hex(vector.Logits)))]);
        text.Append("\n        /// <summary>The class with the largest logit.</summary>\n");
        LookupMethod.Print(text, "public static int", "Class", [.. vectors.Select(vector => vector.Class.ToString(CultureInfo.InvariantCulture))]);
        for (int vector = 0; vector < vectors.Length; vector++)
        {
            text.Append('\n');
            LookupMethod.Print(text, "private static string", $"Vector{vector}", [.. Rows(input, vectors[vector]).Select(SafeText.Literal)]);
        }

        text.Append("    }\n}\n");
        return new SourceFile("Golden.cs", text.ToString());
    }

    /// <summary>Bytes of string table that these vectors take: equal rows are stored once.</summary>
    /// <param name="input">Shape of the input.</param>
    /// <param name="vectors">The vectors.</param>
    public static int TextBytes(Shape input, IEnumerable<GoldenVector> vectors) =>
        vectors.SelectMany(vector => Rows(input, vector).Append(Hex(vector.Logits))).Distinct().Sum(text => text.Length + 1);

    private static void LookupMethodOfTwo(StringBuilder text, string[] rowCalls)
    {
        var body = new StringBuilder();
        LookupMethod.Print(body, "public static string", "Row", rowCalls);
        text.Append(body.Replace("Row(int index)", "Row(int vector, int row)").Replace("switch (index)", "switch (vector)"));
    }

    private static void ThrowIfUnfit(Shape input, ImmutableArray<GoldenVector> vectors)
    {
        if (vectors.Length is 0 or > MostVectors)
        {
            throw new ArgumentException($"A self-test has 1 to {MostVectors} golden vectors, but got {vectors.Length}.", nameof(vectors));
        }

        if (vectors.FirstOrDefault(vector => vector.Input.Length != input.Elements) is { } odd)
        {
            throw new ArgumentException($"A golden input has {odd.Input.Length} bytes, but the model's input {input} has {input.Elements}.", nameof(vectors));
        }

        int textBytes = TextBytes(input, vectors);
        if (textBytes > LargestTextBytes)
        {
            throw new ArgumentException(
                $"{vectors.Length} golden vectors of {input} take {textBytes:N0} bytes of the string table, of which they may have "
                + $"{LargestTextBytes:N0}; choose fewer.",
                nameof(vectors));
        }
    }

    private static IEnumerable<string> Rows(Shape input, GoldenVector vector)
    {
        int rowBytes = input.Width * input.Channels;
        return Enumerable.Range(0, input.Height).Select(row => Convert.ToHexStringLower(vector.Input.AsSpan(row * rowBytes, rowBytes)));
    }

    private static string Hex(ImmutableArray<int> logits) =>
        string.Concat(logits.Select(logit => ((uint)logit).ToString("x8", CultureInfo.InvariantCulture)));

    private static string Identity(string model) =>
        string.Concat(model.Select(character => char.IsAsciiLetterOrDigit(character) || "_.-".Contains(character) ? character : '_'));
}
