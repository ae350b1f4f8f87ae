using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Corlib;

/// <summary>
/// <c>string.Format</c> against its twin: the library's algorithm as a method of the program, whose instructions the interpreter counts one by one
/// and whose texts it allocates one by one. The two must agree in what they give, execute and allocate.
/// </summary>
public class FormattingTests
{
    /// <summary>String.cs of the core library without the errors and the format after a colon.</summary>
    private const string Twin = """
        using System;
        public static class Case
        {
            static object[] args = { 7, "ab", null, -12L };
            static string format = "FORMAT";
            static string kept;
            static string Twin(string format, object[] args)
            {
                var index = 0; var alignment = 0; var chr = '\0'; var len = format.Length; var fmt = string.Empty; var token = string.Empty; var output = string.Empty;
                if (format is null) { throw new ArgumentNullException("format can't be null"); }
                for (var i = 0; i < len; i++)
                {
                    token = string.Empty;
                    chr = format[i];
                    if (chr == '{')
                    {
                        if (i + 1 == len) { throw new ArgumentException("no closed brace"); }
                        if (format[i + 1] == '{') { output += chr; i++; continue; }
                        else
                        {
                            alignment = 0;
                            fmt = string.Empty;
                            for (i++; i < len; i++)
                            {
                                chr = format[i];
                                if (chr >= '0' && chr <= '9') { token += chr; }
                                else if (chr == ',' || chr == ':' || chr == '}') { break; }
                                else { throw new ArgumentException("wrong symbol"); }
                            }
                            if (token.Length > 0) { index = int.Parse(token); }
                            else { throw new ArgumentException("empty"); }
                            if (chr == ',')
                            {
                                if (format[i + 1] == '-') { token = "-"; i++; }
                                else { token = string.Empty; }
                                for (i++; i < len; i++)
                                {
                                    chr = format[i];
                                    if (chr >= '0' && chr <= '9') { token += chr; }
                                    else if (chr == ':' || chr == '}') { break; }
                                    else { throw new ArgumentException("wrong symbol"); }
                                }
                                if (token.Length > 0) { alignment = int.Parse(token); }
                                else { throw new ArgumentException("empty"); }
                            }
                            if (chr == ':') { throw new ArgumentException("not in the twin"); }
                        }
                        if (chr != '}') { throw new ArgumentException("no closed brace"); }
                        if (fmt.Length > 0) { throw new ArgumentException("not in the twin"); }
                        else { token = args[index] == null ? "" : args[index].ToString(); }
                        if (alignment > 0) { output += token.PadLeft(alignment); }
                        else if (alignment < 0) { output += token.PadRight(Absolute(alignment)); }
                        else { output += token; }
                    }
                    else if (chr == '}')
                    {
                        if (i + 1 == len) { throw new ArgumentException("no closed brace"); }
                        if (format[i + 1] == '}') { output += chr; i++; }
                        else { throw new ArgumentException("no closed brace"); }
                    }
                    else { output += chr; }
                }
                return output;
            }
            static int Absolute(int value) { return -value; }
            public static string Both() { return Twin(format, args) == string.Format(format, args) ? "same" : Twin(format, args) + " / " + string.Format(format, args); }
            public static int Differs() { return Both() == "same" ? 0 : 1; }
            public static void Prepare() { kept = 1.ToString(); }
            public static void RunTwin() { kept = Twin(format, args); }
            public static void RunLibrary() { kept = string.Format(format, args); }
        }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("{{a}}")]
    [InlineData("{0}")]
    [InlineData("n = {0}, {1}; {2}|{3}")]
    [InlineData("{0,5}|{1,12}|{1,1}")]
    public void FormatDoesWhatItsTwinDoes(string format)
    {
        using SimulatedDevice device = Device(format);
        Assert.Equal(0L, Convert.ToInt64(device.Call("Case.Differs"), System.Globalization.CultureInfo.InvariantCulture));
        SimulationReport twin = Fresh(format, "Case.RunTwin"), library = Fresh(format, "Case.RunLibrary");
        Assert.Equal(twin.OpcodeHistogram, library.OpcodeHistogram);
        Assert.Equal(Texts(twin), Texts(library));
    }

    private static SimulationReport Fresh(string format, string entry)
    {
        using SimulatedDevice device = Device(format);
        device.Call("Case.Prepare");
        return device.Run(entry);
    }

    private static SimulatedDevice Device(string format)
    {
        SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", Twin.Replace("FORMAT", format, StringComparison.Ordinal))], "app", FirmwareOutput.Library).Image);
        return device;
    }

    private static (long Objects, long Bytes) Texts(SimulationReport report)
    {
        Allocation? texts = report.Allocations.FirstOrDefault(allocation => allocation.Type == "System.String");
        return texts is null ? default : (texts.Objects, texts.Bytes);
    }
}
