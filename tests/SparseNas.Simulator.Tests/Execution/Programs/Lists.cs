// A list of objects: growing, inserting, removing, bounds.
using System;
using System.Collections;

public static class Case
{
    public static int Run()
    {
        ArrayList l = new ArrayList();
        for (int i = 0; i < 20; i++)
            l.Add(i * i);
        l.Insert(3, "x");
        l.RemoveAt(0);
        l[1] = 77;
        int h = l.Count;
        for (int i = 0; i < l.Count; i++)
        {
            object o = l[i];
            h = h * 31 + (o is int ? (int)o : ((string)o).Length);
        }

        try
        {
            object q = l[50];
        }
        catch (ArgumentOutOfRangeException)
        {
            h += 5;
        }

        l.Clear();
        return h * 31 + l.Count;
    }
}
