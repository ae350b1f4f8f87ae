using SparseNas.Codegen.Compilation;

namespace SparseNas.Cli.Deployment;

/// <summary>A <c>Main</c> around one method: prints its result or the exception that leaves it, the driver that the conformance suite measures with.</summary>
internal static class EntryDriver
{
    /// <summary>The driver for a static method that takes nothing.</summary>
    /// <param name="entry"><c>Type.Method</c>, with the namespace if there is one.</param>
    /// <param name="returnType">What it returns as its source writes it; null when the sources have no such method.</param>
    public static SourceFile For(string entry, string? returnType)
    {
        if (!entry.Split('.').All(IsIdentifier) || !entry.Contains('.', StringComparison.Ordinal))
        {
            throw new UsageException($"--entry: Type.Method is needed, but got '{entry}'.");
        }

        string call = returnType switch
        {
            null => throw new UsageException($"--entry: the sources have no static method '{entry}' without parameters."),
            "void" => $"{entry}();",
            _ => $"{returnType} result = {entry}();",
        };
        string shown = returnType == "void" ? "\"DONE\"" : "\"RESULT \" + result.ToString()";
        return new SourceFile("Program.cs", $$"""
            using System;

            public static class Program
            {
                public static void Main()
                {
                    try
                    {
                        {{call}}
                        Console.WriteLine({{shown}});
                    }
                    catch (Exception e)
                    {
                        Console.WriteLine("EXCEPTION " + e.GetType().FullName);
                    }
                }
            }
            """);
    }

    private static bool IsIdentifier(string word) =>
        word.Length > 0 && (char.IsLetter(word[0]) || word[0] == '_') && word.All(c => char.IsLetterOrDigit(c) || c == '_');
}
