using System.Text;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>
/// A method that returns the n-th of some constants by a <c>switch</c>: constants in code stay in flash, an array of them would fill the
/// heap. Equal values share a case. Longer lists are cut, because the device's <c>switch</c> instruction counts its cases in one byte.
/// </summary>
internal static class LookupMethod
{
    private const int LongestSwitch = 128;

    /// <summary>Prints the method, and one more per 128 values where there are more than that.</summary>
    /// <param name="text">Where to print, inside a class at a depth of two levels.</param>
    /// <param name="header">Modifiers and type, such as <c>public static string</c>.</param>
    /// <param name="name">Name of the method; its parameter is called <c>index</c>.</param>
    /// <param name="values">Literals; at least one.</param>
    public static void Print(StringBuilder text, string header, string name, IReadOnlyList<string> values)
    {
        if (values.Count <= LongestSwitch)
        {
            PrintSwitch(text, header, name, values);
            return;
        }

        string inner = header.Replace("public", "private", StringComparison.Ordinal);
        int parts = (values.Count + LongestSwitch - 1) / LongestSwitch;
        string[] calls = Enumerable.Range(0, parts).Select(part => $"{name}{part}(index & {LongestSwitch - 1})").ToArray();
        PrintSwitch(text, header, name, calls, $"index / {LongestSwitch}");
        for (int part = 0; part < parts; part++)
        {
            text.Append('\n');
            PrintSwitch(text, inner, $"{name}{part}", [.. values.Skip(part * LongestSwitch).Take(LongestSwitch)]);
        }
    }

    private static void PrintSwitch(StringBuilder text, string header, string name, IReadOnlyList<string> values, string selector = "index")
    {
        void Line(int depth, string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');

        Line(2, $"{header} {name}(int index)");
        Line(2, "{");
        string last = values[^1];
        Line(3, $"switch ({selector})");
        Line(3, "{");
        foreach (IGrouping<string, int> group in Enumerable.Range(0, values.Count).GroupBy(index => values[index]).Where(group => group.Key != last))
        {
            Line(4, string.Join(' ', group.Select(index => $"case {index}:")));
            Line(5, $"return {group.Key};");
        }

        Line(4, "default:");
        Line(5, $"return {last};");
        Line(3, "}");
        Line(2, "}");
    }
}
