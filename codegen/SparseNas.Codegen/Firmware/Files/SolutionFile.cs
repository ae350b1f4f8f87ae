using System.Text;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>The solution: every project, built and deployed in Debug and Release.</summary>
internal static class SolutionFile
{
    private static readonly string[] Configurations = ["Debug|Any CPU", "Release|Any CPU"];

    public static ProjectFile For(FirmwareProject project)
    {
        bool stable = project.Sdk == FirmwareSdk.Stable;
        string type = stable ? ProjectGuids.NanoFramework : ProjectGuids.SdkCSharp;
        string extension = stable ? "nfproj" : "csproj";
        var text = new StringBuilder();
        void Line(int depth, string line) => text.Append('\t', depth).Append(line).Append('\n');

        Line(0, "Microsoft Visual Studio Solution File, Format Version 12.00");
        Line(0, "# Visual Studio Version 17");
        Line(0, "VisualStudioVersion = 17.0.32112.339");
        Line(0, "MinimumVisualStudioVersion = 10.0.40219.1");
        foreach (FirmwareName name in project.Assemblies.Select(assembly => assembly.Name))
        {
            Line(0, $"Project(\"{type}\") = \"{name}\", \"{name}\\{name}.{extension}\", \"{Guid(name)}\"");
            Line(0, "EndProject");
        }

        Line(0, "Global");
        Line(1, "GlobalSection(SolutionConfigurationPlatforms) = preSolution");
        foreach (string configuration in Configurations) Line(2, $"{configuration} = {configuration}");
        Line(1, "EndGlobalSection");
        Line(1, "GlobalSection(ProjectConfigurationPlatforms) = postSolution");
        foreach (FirmwareName name in project.Assemblies.Select(assembly => assembly.Name))
        {
            foreach (string configuration in Configurations)
            {
                Line(2, $"{Guid(name)}.{configuration}.ActiveCfg = {configuration}");
                Line(2, $"{Guid(name)}.{configuration}.Build.0 = {configuration}");
                if (stable) Line(2, $"{Guid(name)}.{configuration}.Deploy.0 = {configuration}");
            }
        }

        Line(1, "EndGlobalSection");
        Line(1, "GlobalSection(SolutionProperties) = preSolution");
        Line(2, "HideSolutionNode = FALSE");
        Line(1, "EndGlobalSection");
        Line(0, "EndGlobal");
        return new ProjectFile($"{project.Name}.sln", text.ToString());
    }

    private static string Guid(FirmwareName name) => ProjectGuids.Of(name).ToString("B").ToUpperInvariant();
}
