using System.Reflection;
using System.Runtime.Intrinsics;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>The intrinsics of one vector width, found by name on Vector128, Vector256 or Vector512, and how many registers there are.</summary>
internal sealed record VectorMethods(
    Type Type, MethodInfo Load, MethodInfo Store, MethodInfo Broadcast, MethodInfo Zero, MethodInfo Add, MethodInfo Subtract, MethodInfo MultiplyAdd,
    MethodInfo Max, MethodInfo Greater, MethodInfo Select, int Bytes, int Registers)
{
    public static VectorMethods Of(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Find(typeof(Vector512), typeof(Vector512<float>), 64, 32),
        InstructionSet.Avx2 => Find(typeof(Vector256), typeof(Vector256<float>), 32, 16),
        _ => Find(typeof(Vector128), typeof(Vector128<float>), 16, 16),
    };

    private static VectorMethods Find(Type holder, Type vector, int bytes, int registers)
    {
        MethodInfo Generic(string name) => holder.GetMethods().Single(m => m.Name == name && m.IsGenericMethodDefinition).MakeGenericMethod(typeof(float));
        return new VectorMethods(
            vector, Generic("Load"), Generic("Store"), holder.GetMethod("Create", [typeof(float)])!, vector.GetProperty("Zero")!.GetMethod!, Generic("Add"),
            Generic("Subtract"), holder.GetMethod("MultiplyAddEstimate", [vector, vector, vector])!, Generic("MaxNative"), Generic("GreaterThan"),
            Generic("ConditionalSelect"), bytes, registers);
    }
}
